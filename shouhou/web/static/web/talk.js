// An open conversation: it looks for news every three seconds, less often while nothing happens or nobody looks, and at
// once when somebody writes. Without this the page has a link to reload it.
(() => {
  "use strict";
  const SOON = 3000, LATEST = 30000, SLOWER = 1.4;
  let pause = SOON, timer = 0;
  const place = () => document.querySelector("[data-poll]");

  function look() {
    window.clearTimeout(timer);
    const part = place();
    if (part && !document.hidden && window.htmx) window.htmx.trigger(part, "look");
    pause = Math.min(pause * SLOWER, LATEST);
    timer = window.setTimeout(look, pause);
  }
  function soon() {
    window.clearTimeout(timer);
    pause = SOON;
    timer = window.setTimeout(look, pause);
  }
  // Whoever reads further up stays there.
  let atEnd = true, scrolled = 0;
  function remember() {
    const list = place() && place().querySelector(".said-scroll");
    if (!list) return;
    scrolled = list.scrollTop;
    atEnd = list.scrollHeight - list.clientHeight - list.scrollTop < 60;
  }
  function toEnd() {
    const list = place() && place().querySelector(".said-scroll");
    if (list) list.scrollTop = atEnd ? list.scrollHeight : scrolled;
  }
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-poll]")) {
      toEnd();
      soon();
    }
  });
  // Whoever is no longer signed in is told so by the next page, not by every poll.
  document.addEventListener("htmx:responseError", (event) => {
    if ([401, 403, 404].includes(event.detail.xhr.status)) window.clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  document.addEventListener("input", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-say]")) {
      if (pause > SOON * 2) soon();
    }
  });
  document.addEventListener("keydown", (event) => {
    const area = event.target;
    if (!(area instanceof HTMLTextAreaElement) || !area.matches("[data-say]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      area.form.requestSubmit();
    }
  });
  toEnd();
  soon();
})();
