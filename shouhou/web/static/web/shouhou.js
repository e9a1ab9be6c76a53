// What every page gets on top of its plain HTML; nothing here is needed. All by delegation, so swapped-in parts work too.
(() => {
  "use strict";
  const root = document.documentElement;
  const english = root.lang === "en";

  const amount = (n, zh, en) => (english ? `${n} ${en}${n === 1 ? "" : "s"}` : `${n} ${zh}`);
  function span(seconds) {
    const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24, minutes = Math.floor(seconds / 60) % 60;
    if (seconds < 3600) return `${String(minutes).padStart(2, "0")}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;
    const parts = [];
    if (days) parts.push(amount(days, "天", "day"));
    if (hours) parts.push(amount(hours, "小时", "hour"));
    if (!days && minutes) parts.push(amount(minutes, "分钟", "minute"));
    return parts.join(" ");
  }
  // The server's clock counts, not the visitor's: the page says when it was made.
  const made = Date.parse(document.body.dataset.now || "");
  const ahead = Number.isNaN(made) ? 0 : Date.now() - made;
  function tick() {
    for (const element of document.querySelectorAll("[data-countdown]")) {
      const at = Date.parse(element.dataset.countdown);
      if (Number.isNaN(at)) continue;
      const left = (at - (Date.now() - ahead)) / 1000, told = span(Math.abs(left));
      const text = english ? `${told} ${left < 0 ? "overdue" : "left"}` : `${left < 0 ? "已超时" : "剩"} ${told}`;
      if (element.textContent !== text) element.textContent = text;
      if (element.classList.contains("tag")) {
        element.classList.toggle("bad", left < 0);
        element.classList.toggle("wait", left >= 0 && left < 43200);
        element.classList.toggle("plain", left >= 43200);
      }
    }
  }
  tick();
  setInterval(tick, 1000);

  // On a phone a long row of tabs is scrolled so that the tab one stands on is seen.
  for (const here of document.querySelectorAll(".views > [aria-current]")) {
    const row = here.parentElement;
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  }

  function say(words) {
    let live = document.getElementById("said-aloud");
    if (!live) {
      live = document.createElement("div");
      live.id = "said-aloud";
      live.className = "sr";
      live.setAttribute("role", "status");
      document.body.append(live);
    }
    live.textContent = words;
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const opener = target.closest("[data-dialog-open]");
    const dialog = opener && document.getElementById(opener.dataset.dialogOpen);
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
    if (target instanceof HTMLDialogElement) target.close();
    const copy = target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(copy.dataset.copy).then(() => {
        const words = copy.textContent;
        copy.textContent = english ? "Copied" : "已复制";
        say(copy.textContent);
        setTimeout(() => { copy.textContent = words; }, 1600);
      });
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A form sends once; coming back by the back button it may again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    setTimeout(() => again(form), 12000);
  });
  function again(form) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(again));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target instanceof Element && event.target.closest("form");
    if (form) again(form);
  });
  document.addEventListener("change", (event) => {
    const target = event.target;
    const form = target instanceof Element && target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
    if (target instanceof HTMLInputElement && target.type === "file") picked(target);
  });

  // Files: drop them, see them, take one out again before sending.
  function picked(input) {
    const list = input.closest("[data-filedrop]")?.querySelector("[data-picked]");
    if (!list || input.dataset.upload) return;
    for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    list.replaceChildren(...[...input.files].map((file, index) => {
      const item = document.createElement("li"), remove = document.createElement("button");
      const name = document.createElement("span");
      name.className = "file-name";
      name.textContent = file.name;
      remove.type = "button";
      remove.textContent = list.dataset.remove;
      remove.setAttribute("aria-label", `${list.dataset.remove} ${file.name}`);
      remove.addEventListener("click", () => {
        const kept = new DataTransfer();
        [...input.files].forEach((each, other) => other === index || kept.items.add(each));
        input.files = kept.files;
        picked(input);
        input.focus();
      });
      item.append(name, remove);
      return item;
    }));
  }
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const drop = event.target instanceof Element && event.target.closest(".drop");
      if (!drop) return;
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      const input = drop.querySelector("input[type=file]");
      if (kind !== "drop" || !input || !event.dataTransfer) return;
      const all = new DataTransfer();
      for (const file of [...(input.multiple ? input.files : []), ...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) all.items.add(file);
      input.files = all.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  document.querySelector("[data-focus]:not(.side-by-side *)")?.focus();
})();
