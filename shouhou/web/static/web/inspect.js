// The bench with JavaScript: the field keeps the scanner's ear, the camera reads codes, serials are compared while typed.
(() => {
  "use strict";
  const english = document.documentElement.lang === "en";
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
    if (!button || !navigator.mediaDevices?.getUserMedia) return;
    const read = (await ownReader()) || askedReader(form.dataset.read);
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
        said.textContent = english ? "The camera cannot be used. Type the number instead." : "无法使用摄像头，请输入号码。";
        return;
      }
      said.textContent = english ? "Hold the code before the camera." : "请把条码或二维码对准摄像头。";
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      look();
    });
    addEventListener("pagehide", stop);
    async function look() {
      if (!stream) return;
      const code = await read(video).catch(() => "");
      if (!stream) return;
      if (code) {
        input.value = code.slice(0, 80);
        stop();
        form.requestSubmit();
        return;
      }
      setTimeout(look, 150);
    }
  }

  // The browser's own eye for codes, where it has one.
  async function ownReader() {
    if (!("BarcodeDetector" in window)) return null;
    const known = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!known.length) return null;
    const wanted = ["qr_code", "code_128", "code_39", "ean_13", "itf", "data_matrix"].filter((each) => known.includes(each));
    const detector = new window.BarcodeDetector({ formats: wanted.length ? wanted : known });
    return async (video) => (await detector.detect(video))[0]?.rawValue || "";
  }

  // Elsewhere the server reads what the camera sees, one picture after the other.
  function askedReader(address) {
    const canvas = document.createElement("canvas");
    return async (video) => {
      const scale = Math.min(1, 1280 / Math.max(video.videoWidth, video.videoHeight, 1));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      if (!canvas.width) return "";
      canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
      const photo = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      const body = new FormData();
      body.append("photo", photo, "code.jpg");
      const headers = { Accept: "application/json", ...JSON.parse(document.body.getAttribute("hx-headers") || "{}") };
      const answer = await fetch(address, { method: "POST", body, headers });
      return answer.ok ? (await answer.json()).code : "";
    };
  }

  function serials(field) {
    const area = field.querySelector("[data-serials]"), said = field.querySelector("[data-serial-said]");
    const sold = (area?.dataset.serials || "").split(" ").filter(Boolean);
    // Two writings of a serial compare without blanks and dashes, in capitals, as the server does it.
    const plain = (text) => text.replace(/[\s\-–—]+/g, "").toUpperCase();
    const told = [...field.querySelectorAll("[data-told]")].map((each) => plain(each.textContent));
    if (!area || !said || !(sold.length || told.length)) return;
    const compare = () => {
      const seen = area.value.split(/[\s,，]+/).filter(Boolean);
      const strange = sold.length ? seen.filter((each) => !sold.includes(each)) : [];
      const unlike = told.length ? seen.filter((each) => !told.includes(plain(each))) : [];
      const wrong = strange.length > 0 || unlike.length > 0;
      said.classList.toggle("other", wrong);
      said.classList.toggle("same", seen.length > 0 && !wrong);
      const [words, which] = strange.length ? [said.dataset.other, strange] : [said.dataset.unlike, unlike];
      said.textContent = wrong ? `${words} ${which.join(" ")}` : seen.length ? said.dataset.same : "";
    };
    area.addEventListener("input", compare);
    compare();
  }
})();
