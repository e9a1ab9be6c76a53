// Single keys for whoever works all day; off with one cookie, silent while somebody types or a dialog is open.
(() => {
  "use strict";
  if (/(?:^|; )keys=off(?:;|$)/.test(document.cookie)) return;
  const PAUSE = 1200;
  let first = "", at = 0;
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const row = () => document.activeElement?.closest("[data-row]");
  const typing = (element) => element instanceof HTMLElement && (element.isContentEditable || element.matches("input:not([type=checkbox], [type=radio], [type=button]), textarea, select"));

  function step(by) {
    const all = rows();
    if (!all.length) return false;
    const here = all.indexOf(row());
    const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, here + by))];
    const link = next.querySelector("[data-open]") ?? next.querySelector("[data-act]") ?? next;
    if (link === next) next.tabIndex = -1;
    link.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  function go(element) {
    if (!element) return false;
    if (element.matches("form")) element.requestSubmit();
    else element.click();
    return true;
  }
  // A part of a page: into its first control, or the part itself.
  function into(...selectors) {
    const part = selectors.map((selector) => document.querySelector(selector)).find(Boolean);
    if (!part) return false;
    if (!part.matches("a, button, input, textarea, select, summary, [tabindex]")) part.tabIndex = -1;
    part.focus({ preventScroll: true });
    part.scrollIntoView({ block: "center" });
    return true;
  }
  function focused(element) {
    element?.focus();
    return Boolean(element);
  }
  const named = (keys) => document.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
  const find = () => [document.getElementById("q"), document.getElementById("find")].find((field) => field && field.offsetParent !== null);
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    o: () => go(row()?.querySelector("[data-open]")),
    c: () => go(row() ? row().querySelector("[data-claim]") : document.querySelector("#moves .holder button")),
    m: () => (row() ? focused(row().querySelector("[data-act]")) : into("#moves .move-list a", "#moves")),
    n: () => into("#note textarea", "#messages"),
    e: () => into("#evidence a, #evidence button", "#evidence"),
    u: () => go(document.querySelector(".crumbs a")),
    x: () => go(row()?.querySelector("[data-pick]")),
    b: () => go(document.querySelector("[data-bulk]")),
    "/": () => { const field = find(); field?.focus(); field?.select(); return Boolean(field); },
  };

  // Whether a key of the sheet does anything here: what does nothing on this page is not on its sheet.
  const has = (selector) => () => Boolean(document.querySelector(selector));
  const able = {
    row: has("[data-row]"), open: has("[data-row] [data-open]"), take: has("[data-row] [data-claim]"), pick: has("[data-row] [data-pick]"),
    bulk: has("[data-bulk]"), act: has("[data-row] [data-act]"), next: has('[data-keys="g n"]'), moves: has("#moves"),
    note: has("#note textarea, #messages"), evidence: has("#evidence"), hold: has("#moves .holder button"), find: () => Boolean(find()),
    up: has(".crumbs a"),
  };
  function onlyWhatWorks(sheet) {
    for (const key of sheet.querySelectorAll("[data-act-of]")) key.hidden = key.nextElementSibling.hidden = !able[key.dataset.actOf]();
    for (const part of sheet.querySelectorAll(".key-part")) part.hidden = !part.querySelector("dt:not([hidden])");
  }
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest('[data-dialog-open="keys-sheet"]')) {
      const sheet = document.getElementById("keys-sheet");
      if (sheet) onlyWhatWorks(sheet);
    }
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && typing(document.activeElement)) return document.activeElement.blur();
    if (event.key.length !== 1 || typing(event.target) || document.querySelector("dialog[open]")) return;
    const both = first && Date.now() - at < PAUSE ? `${first} ${event.key}` : "";
    first = "";
    if (both && go(named(both))) return event.preventDefault();
    if (event.key === "g") {
      first = "g";
      at = Date.now();
      return event.preventDefault();
    }
    if (acts[event.key] ? acts[event.key]() : go(named(event.key))) event.preventDefault();
  });
})();
