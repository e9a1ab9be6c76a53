// The queue keeps its selection through a refresh and says what changed; a bulk move is run row by row.
(() => {
  "use strict";
  const said = document.getElementById("live-said");
  const picked = new Set();
  const boxes = () => [...document.querySelectorAll("[data-pick]")];

  function count() {
    const every = boxes(), all = document.querySelector("[data-pick-all]"), shown = document.querySelector("[data-picked-count]");
    const chosen = every.filter((box) => box.checked).length;
    if (all) {
      all.checked = chosen > 0 && chosen === every.length;
      all.indeterminate = chosen > 0 && chosen < every.length;
    }
    if (shown) {
      shown.hidden = chosen === 0;
      shown.textContent = String(chosen);
    }
  }
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    if (box.matches("[data-pick-all]")) for (const each of boxes()) each.checked = box.checked;
    else if (!box.matches("[data-pick]")) return;
    for (const each of boxes()) picked[each.checked ? "add" : "delete"](each.value);
    count();
  });

  // What came in anew gets the selection back; whoever cannot see it is told.
  const live = document.getElementById("live");
  if (live) {
    for (const box of boxes()) if (box.checked) picked.add(box.value);
    count();
    new MutationObserver((changes) => {
      const fresh = changes.flatMap((change) => [...change.addedNodes]).find((node) => node.id === "live");
      if (!fresh) return;
      for (const box of boxes()) box.checked = picked.has(box.value);
      count();
      if (said) said.textContent = fresh.dataset.told || said.dataset.changed;
    }).observe(live.parentNode, { childList: true });
  }

  // Taken from the row: only the list is answered, and the focus stays where it was. Without an answer the plain form goes.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-row-form]")) return;
    event.preventDefault();
    const sent = new FormData(form, event.submitter), focused = event.submitter?.id;
    delete form.dataset.sent;
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const part = document.createElement("template");
      part.innerHTML = await answer.text();
      const fresh = part.content.querySelector("#live");
      document.getElementById("live").replaceWith(fresh);
      window.htmx?.process(fresh);
      const again = document.getElementById(focused) || document.getElementById(`c-${sent.get("number")}`) || fresh.querySelector("[data-open]");
      again?.focus({ preventScroll: true });
    } catch {
      location.reload();
    }
  });

  // The same form, one row at a time: whoever waits sees how far it is, and what was done is done.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-run]")) return;
    event.preventDefault();
    if (form.dataset.running) return;
    form.dataset.running = "1";
    const whole = new FormData(form), numbers = whole.getAll("number"), progress = form.querySelector("progress");
    const button = form.querySelector("button"), sum = document.getElementById("bulk-sum");
    button.disabled = true;
    progress.hidden = false;
    let done = 0, refused = 0;
    try {
      for (const number of numbers) {
        whole.set("number", number);
        const answer = await fetch(form.action || location.href, { method: "POST", body: whole, headers: { "X-Row": "1" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const part = document.createElement("template");
        part.innerHTML = await answer.text();
        const row = part.content.querySelector("tr");
        row.querySelector("[data-outcome=ok]") ? done++ : refused++;
        document.querySelector(`#bulk-rows tr[data-number="${CSS.escape(number)}"]`)?.replaceWith(row);
        progress.value = done + refused;
      }
      refused += document.querySelectorAll("#bulk-rows [data-outcome=no]").length - refused;
      sum.textContent = form.dataset.done.replace("{a}", String(done)).replace("{b}", String(refused));
      sum.className = `note ${refused ? "wait" : "good"}`;
      button.remove();
      const back = form.querySelector("[data-leave]");
      if (back) back.textContent = document.querySelector(".crumbs a").textContent;
      back?.focus();
    } catch {
      sum.textContent = form.dataset.failed;
      sum.className = "note bad";
      button.disabled = false;
    } finally {
      delete form.dataset.running;
      delete form.dataset.sent;
      button.removeAttribute("aria-busy");
    }
  });
})();
