// A scan is enlarged where it stands; without this it opens large in a window of its own.
(() => {
  "use strict";
  const STEPS = [1, 1.4, 2, 2.8, 4];
  for (const view of document.querySelectorAll("[data-scan]")) {
    const pages = view.querySelector(".scan-pages");
    if (!pages) continue;
    let step = 0;
    const draw = (next) => {
      const seen = (pages.scrollTop + pages.clientHeight / 2) / pages.scrollHeight;
      step = Math.max(0, Math.min(STEPS.length - 1, next));
      pages.style.setProperty("--zoom", `${STEPS[step] * 100}%`);
      pages.scrollTop = seen * pages.scrollHeight - pages.clientHeight / 2;
    };
    for (const button of view.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => draw(step + (button.dataset.zoom === "in" ? 1 : -1)));
    }
  }
})();
