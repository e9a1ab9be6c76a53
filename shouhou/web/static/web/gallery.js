// Evidence seen large: zoom, rotate, leaf through. Without it a picture is a link that opens the picture itself.
(() => {
  "use strict";
  const STEPS = [1, 1.5, 2, 3, 4, 6];
  let links = [], at = 0, step = 0, turned = 0, viewer, picture, frame, stage, about, count, original;

  function button(words, sign, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", words);
    made.title = words;
    made.addEventListener("click", act);
    return made;
  }

  function build(words) {
    viewer = document.createElement("dialog");
    viewer.className = "viewer";
    viewer.setAttribute("aria-label", words.wordsOpen);
    const bar = document.createElement("div");
    bar.className = "viewer-bar";
    count = document.createElement("span");
    count.className = "num";
    about = document.createElement("span");
    about.className = "grow small muted";
    about.setAttribute("aria-live", "polite");
    original = document.createElement("a");
    original.className = "button quiet";
    original.target = "_blank";
    original.rel = "noopener";
    original.textContent = words.wordsOpen;
    bar.append(
      button(words.wordsPrevious, "‹", () => show(at - 1)), count, button(words.wordsNext, "›", () => show(at + 1)), about,
      button(words.wordsOut, "−", () => zoom(-1)), button(words.wordsIn, "+", () => zoom(1)), button(words.wordsTurn, "⟳", turn),
      original, button(words.wordsClose, "×", () => viewer.close()),
    );
    stage = document.createElement("div");
    stage.className = "viewer-stage";
    stage.tabIndex = 0;
    picture = document.createElement("img");
    frame = document.createElement("div");
    frame.className = "viewer-frame";
    frame.append(picture);
    stage.append(frame);
    const hint = document.createElement("p");
    hint.className = "viewer-hint";
    hint.textContent = words.wordsKeys;
    viewer.append(bar, stage, hint);
    document.body.append(viewer);
    viewer.addEventListener("keydown", key);
    viewer.addEventListener("close", () => links[at] && links[at].focus());
    picture.addEventListener("load", draw);
    addEventListener("resize", () => viewer.open && draw());
    picture.addEventListener("dblclick", () => { step = step ? 0 : 2; draw(); });
    stage.addEventListener("pointerdown", drag);
  }

  function show(next) {
    at = (next + links.length) % links.length;
    step = turned = 0;
    const small = links[at].querySelector("img");
    picture.src = links[at].href;
    picture.alt = small ? small.alt : "";
    original.href = links[at].href;
    about.textContent = `${picture.alt} · ${links[at].dataset.about || ""}`;
    count.textContent = `${at + 1} / ${links.length}`;
    draw();
  }

  function zoom(by) {
    step = Math.max(0, Math.min(STEPS.length - 1, step + by));
    draw();
  }

  function turn() {
    turned = (turned + 90) % 360;
    draw();
  }

  // The frame has the size of the turned picture, so that the stage scrolls over all of it. Sizes are set from script: the page
  // itself has no inline style.
  function draw() {
    const wide = picture.naturalWidth, high = picture.naturalHeight;
    if (!wide || !high) return;
    const [across, down] = turned % 180 ? [high, wide] : [wide, high];
    const fit = Math.min(stage.clientWidth / across, stage.clientHeight / down, 4), scale = fit * STEPS[step];
    frame.style.width = `${Math.floor(across * scale)}px`;
    frame.style.height = `${Math.floor(down * scale)}px`;
    picture.style.width = `${Math.floor(wide * scale)}px`;
    picture.style.transform = `translate(-50%, -50%) rotate(${turned}deg)`;
    stage.classList.toggle("zoomed", step > 0);
  }

  function key(event) {
    const acts = {
      ArrowRight: () => show(at + 1), ArrowLeft: () => show(at - 1), "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1),
      r: turn, R: turn, 0: () => { step = turned = 0; draw(); },
    };
    // Zoomed in, the arrows scroll the picture.
    if (acts[event.key] && !(step && event.key.startsWith("Arrow"))) {
      event.preventDefault();
      event.stopPropagation();
      acts[event.key]();
    }
  }

  function drag(event) {
    if (!step || event.pointerType === "touch") return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    const start = { x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
    const move = (moved) => { stage.scrollTo(start.x - moved.clientX, start.y - moved.clientY); };
    stage.addEventListener("pointermove", move);
    stage.addEventListener("pointerup", () => stage.removeEventListener("pointermove", move), { once: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-picture]") : null;
    const gallery = link && link.closest("[data-gallery-desk]");
    if (!gallery || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!viewer) build(gallery.dataset);
    links = [...gallery.querySelectorAll("a[data-picture]")];
    viewer.showModal();
    show(links.indexOf(link));
    stage.focus();
  });
})();
