// The bench with JavaScript: the field keeps the scanner's ear, the camera reads codes, serials are compared while typed.
(() => {
  "use strict";
  const scan = document.querySelector("[data-scan]");
  if (scan) bench(scan);
  for (const field of document.querySelectorAll("[data-serial-field]")) serials(field);

  function bench(form) {
    const input = form.querySelector("input[name=q]"), said = form.querySelector("[data-said]");
    if (document.activeElement === document.body) input.focus();
    input.select();
    // A hand scanner types wherever the focus is: letters outside of any control go to the field.
    document.addEventListener("keydown", (event) => {
      const inside = event.target instanceof Element && event.target.closest("input, textarea, select, button, a, video, [contenteditable]");
      if (inside || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
      input.focus();
    });
    camera(form, input, said);
  }

  async function camera(form, input, said) {
    const button = form.querySelector("[data-camera]"), video = form.querySelector("[data-viewfinder]");
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
    const known = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!known.length) return;
    const wanted = ["qr_code", "code_128", "code_39", "ean_13", "itf", "data_matrix"].filter((each) => known.includes(each));
    const detector = new window.BarcodeDetector({ formats: wanted.length ? wanted : known });
    button.hidden = false;
    let stream = null;
    const stop = () => {
      stream?.getTracks().forEach((track) => track.stop());
      stream = null;
      video.hidden = true;
    };
    button.addEventListener("click", async () => {
      if (stream) return stop();
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        said.textContent = document.documentElement.lang === "en" ? "The camera cannot be used. Type the number instead." : "无法使用摄像头，请输入号码。";
        return;
      }
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      look();
    });
    addEventListener("pagehide", stop);
    async function look() {
      if (!stream) return;
      const codes = await detector.detect(video).catch(() => []);
      if (codes.length && codes[0].rawValue) {
        input.value = codes[0].rawValue.slice(0, 80);
        stop();
        form.requestSubmit();
        return;
      }
      setTimeout(look, 150);
    }
  }

  function serials(field) {
    const area = field.querySelector("[data-serials]"), said = field.querySelector("[data-serial-said]");
    const sold = (area?.dataset.serials || "").split(" ").filter(Boolean);
    if (!area || !said || !sold.length) return;
    const compare = () => {
      const seen = area.value.split(/[\s,，]+/).filter(Boolean);
      const strange = seen.filter((each) => !sold.includes(each));
      said.classList.toggle("other", strange.length > 0);
      said.classList.toggle("same", seen.length > 0 && strange.length === 0);
      said.textContent = strange.length ? `${said.dataset.other} ${strange.join(" ")}` : seen.length ? said.dataset.same : "";
    };
    area.addEventListener("input", compare);
    compare();
  }
})();
