// Asking for another code: the button says how long it still has to wait. Without this it stays as the page made it.
(() => {
  "use strict";
  const button = document.querySelector("[data-again-at]");
  if (!button) return;
  const ready = Date.now() + Number(button.dataset.againIn) * 1000, words = button.dataset.words;
  function tick() {
    const left = Math.ceil((ready - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${words} (${left})` : words;
    if (left > 0) setTimeout(tick, 500);
  }
  tick();
})();
