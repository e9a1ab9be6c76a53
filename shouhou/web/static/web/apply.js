// The buyer's application, made quicker: quantity buttons, a live count, files that go up while one still writes.
(() => {
  "use strict";
  function counted(box) {
    const input = box.querySelector("input[type=number]");
    if (!input) return;
    const least = Number(input.min), most = Number(input.max);
    const button = (words, sign, by) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = sign;
      made.setAttribute("aria-label", words);
      made.setAttribute("aria-controls", input.id);
      made.addEventListener("click", () => {
        input.value = String(Math.min(most, Math.max(least, (Number(input.value) || least) + by)));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
      return made;
    };
    const less = button(box.dataset.less, "−", -1), more = button(box.dataset.more, "+", 1);
    const judge = () => {
      less.disabled = Number(input.value) <= least;
      more.disabled = Number(input.value) >= most;
    };
    input.addEventListener("change", judge);
    box.prepend(less);
    box.append(more);
    box.classList.add("with-buttons");
    judge();
  }
  document.querySelectorAll("[data-count-buttons]").forEach(counted);

  for (const output of document.querySelectorAll("[data-count-of]")) {
    const text = document.getElementById(output.dataset.countOf);
    const tell = () => { output.value = `${text.value.length} / ${output.dataset.most}`; };
    text.addEventListener("input", tell);
    tell();
  }

  const list = document.querySelector("[data-uploads]");
  const input = list && document.getElementById(list.dataset.input);
  if (!list || !input) return;
  input.dataset.upload = "1";
  const form = input.form, words = list.dataset;
  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  const kept = () => form.dispatchEvent(new Event("change", { bubbles: true }));
  const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  let going = 0;

  function problem(item, text, again) {
    item.querySelector("progress")?.remove();
    item.querySelector(".problem")?.remove();
    const told = document.createElement("span");
    told.className = "problem";
    told.textContent = text;
    item.append(told);
    if (!again || item.querySelector(".again")) return;
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "again";
    retry.textContent = words.again;
    retry.addEventListener("click", () => {
      retry.remove();
      told.remove();
      again();
    });
    item.querySelector("button").before(retry);
  }

  function send(file, item, removal) {
    const bar = document.createElement("progress"), request = new XMLHttpRequest(), body = new FormData();
    bar.max = 100;
    bar.setAttribute("aria-label", file.name);
    item.append(bar);
    body.append("photos", file);
    going += 1;
    request.open("POST", words.address);
    request.setRequestHeader("X-CSRFToken", token());
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; });
    request.addEventListener("loadend", () => {
      going -= 1;
      const told = request.response;
      if (request.status !== 200 || !told) {
        if (request.status) problem(item, (told && told.problem) || words.failed, request.status >= 500 || request.status === 401 ? () => send(file, item, removal) : null);
        else if (item.isConnected) problem(item, words.failed, () => send(file, item, removal));
        return;
      }
      bar.remove();
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = "evidence";
      hidden.value = told.token;
      item.prepend(hidden);
      if (told.image) {
        const picture = document.createElement("img");
        picture.src = words.files.replace("TOKEN", told.token);
        picture.alt = "";
        picture.width = picture.height = 56;
        item.querySelector(".thumb")?.replaceWith(picture);
      }
      kept();
    });
    removal.abort = () => request.abort();
    request.send(body);
  }

  function take(file) {
    const item = document.createElement("li"), thumb = document.createElement("span"), name = document.createElement("span");
    const remove = document.createElement("button"), removal = { abort() {} };
    thumb.className = "thumb";
    name.className = "grow";
    name.textContent = `${file.name} · ${size(file.size)}`;
    remove.type = "button";
    remove.textContent = words.remove;
    remove.setAttribute("aria-label", `${words.remove} ${file.name}`);
    remove.addEventListener("click", () => {
      removal.abort();
      item.remove();
      input.focus();
      kept();
    });
    item.append(thumb, name, remove);
    const full = list.children.length >= Number(words.most);
    list.append(item);
    const most = Number(file.type.startsWith("video/") ? words.videoLimit : words.imageLimit) * 1048576;
    if (full) problem(item, words.tooMany, null);
    else if (file.size > most) problem(item, `${words.tooLarge}（${most / 1048576} MB）`, null);
    else send(file, item, removal);
  }

  input.addEventListener("change", (event) => {
    event.stopPropagation();
    for (const file of [...input.files]) take(file);
    input.value = "";
  });
  // What is kept already is taken out without sending the whole form.
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=remove]");
    if (!button) return;
    event.preventDefault();
    button.closest("li").remove();
    input.focus();
    kept();
  });
  // Sending waits for files that are still on their way.
  form.addEventListener("submit", (event) => {
    if (!going) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    list.querySelector("progress")?.scrollIntoView({ block: "center" });
  });
})();

// What was typed in the last second before leaving is kept as well.
(() => {
  "use strict";
  const place = document.querySelector("[data-keeps]"), form = place?.closest("form");
  if (!form) return;
  let typed = 0, sent = 0, kept = 0;
  form.addEventListener("input", () => { typed += 1; });
  form.addEventListener("change", () => { typed += 1; });
  place.addEventListener("htmx:beforeRequest", () => { sent = typed; });
  place.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) kept = sent; });
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) kept = typed; });
  window.addEventListener("pagehide", () => {
    if (kept === typed) return;
    const fields = new FormData(form);
    for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
    navigator.sendBeacon(place.getAttribute("hx-post"), fields);
    kept = typed;
  });
})();
