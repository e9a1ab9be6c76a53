// The buyer's case: files go ahead with a progress bar and can be taken out again; the courier follows the number.
(() => {
  "use strict";
  const element = (name, words, className) => {
    const made = document.createElement(name);
    if (words) made.textContent = words;
    if (className) made.className = className;
    return made;
  };

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file" || !input.dataset.upload) return;
    const list = input.form.querySelector(`[data-uploads="${input.name}"]`);
    if (!list) return;
    for (const file of [...input.files]) send(input, list, file);
    // What is sent ahead does not go a second time with the form.
    input.value = "";
  });

  function send(input, list, file) {
    const item = element("li", "", "upload"), state = element("span", `${list.dataset.wordsWaiting} 0%`, "small muted");
    const bar = document.createElement("progress"), remove = element("button", list.dataset.wordsRemove, "linklike");
    const request = new XMLHttpRequest(), form = input.form;
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    remove.type = "button";
    remove.setAttribute("aria-label", `${list.dataset.wordsRemove} ${file.name}`);
    remove.addEventListener("click", () => {
      request.abort();
      settle(form, item);
      item.remove();
      input.focus();
    });
    item.append(element("span", file.name, "file-name"), bar, state, remove);
    list.append(item);
    form.dataset.uploading = String(Number(form.dataset.uploading || 0) + 1);
    item.dataset.pending = "1";

    const failed = (words) => {
      settle(form, item);
      bar.remove();
      item.classList.add("wrong");
      state.textContent = words || list.dataset.wordsFailed;
    };
    request.upload.addEventListener("progress", (told) => {
      if (!told.lengthComputable) return;
      bar.value = (told.loaded / told.total) * 100;
      state.textContent = `${list.dataset.wordsWaiting} ${Math.round(bar.value)}%`;
    });
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch (error) {
        return failed("");
      }
      if (request.status !== 201) return failed(answer.error);
      settle(form, item);
      bar.remove();
      state.textContent = list.dataset.wordsDone;
      const token = document.createElement("input");
      token.type = "hidden";
      token.name = `${input.name}-taken`;
      token.value = answer.token;
      item.append(token);
      if (answer.image) {
        const picture = document.createElement("img");
        picture.src = answer.address;
        picture.alt = "";
        picture.width = picture.height = 48;
        item.prepend(picture);
      }
    });
    request.addEventListener("error", () => failed(""));
    request.open("POST", input.dataset.upload);
    request.setRequestHeader("X-CSRFToken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    const body = new FormData();
    body.append("file", file, file.name);
    request.send(body);
  }

  function settle(form, item) {
    if (!item.dataset.pending) return;
    delete item.dataset.pending;
    form.dataset.uploading = String(Math.max(0, Number(form.dataset.uploading || 0) - 1));
    if (form.dataset.uploading === "0" && form.dataset.waiting) {
      delete form.dataset.waiting;
      form.requestSubmit();
    }
  }

  // Sent while files are still on their way: it goes when they have arrived.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !Number(form.dataset.uploading || 0)) return;
    event.preventDefault();
    event.stopPropagation();
    form.dataset.waiting = "1";
  }, true);

  // The courier that the number is of is chosen, unless the visitor has chosen already.
  let chosen = false;
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement && event.target.name === "carrier") chosen = event.isTrusted;
  });
  const pick = (code) => {
    const select = document.querySelector("select[name=carrier]");
    if (select) select.value = code;
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    const hint = event.target instanceof Element && event.target.querySelector("[data-courier]");
    if (hint && !chosen) pick(hint.dataset.courier);
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-courier-pick]");
    if (!button) return;
    pick(button.dataset.courierPick);
    chosen = true;
    document.querySelector("select[name=carrier]")?.focus();
  });

  // case.css shows only the reasons that go with the grade, from the first paint on; one that no longer fits is taken back here.
  function fit(form) {
    const grade = form.querySelector("input[name=grade]:checked")?.value;
    for (const chip of form.querySelectorAll("[data-grades]")) {
      if (grade && !chip.dataset.grades.split(" ").includes(grade)) chip.querySelector("input").checked = false;
    }
  }
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.name === "grade") fit(event.target.form);
  });
})();
