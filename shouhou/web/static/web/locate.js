// "Counters near me": asks the browser once, sends the place with one search, keeps it nowhere.
(() => {
  "use strict";
  const box = document.querySelector("[data-locate]");
  if (!box || !navigator.geolocation) return;
  const button = box.querySelector("button"), told = box.querySelector("[role=status]"), form = box.closest("form");
  const search = form.querySelector("button[name=act][value=find]");
  // A hundred metres are near enough; nobody needs to know the door.
  const rounded = (degrees) => degrees.toFixed(3);

  function found(place) {
    const near = document.createElement("input");
    near.type = "hidden";
    near.name = "near";
    near.value = `${rounded(place.coords.latitude)},${rounded(place.coords.longitude)}`;
    form.append(near);
    form.requestSubmit(search);
    near.remove();
  }
  function refused() {
    button.disabled = false;
    told.textContent = told.dataset.refused;
  }
  button.addEventListener("click", () => {
    button.disabled = true;
    told.textContent = told.dataset.asking;
    navigator.geolocation.getCurrentPosition(found, refused, { maximumAge: 300000, timeout: 10000 });
  });
  addEventListener("pageshow", () => { button.disabled = false; told.textContent = ""; });
  box.hidden = false;
})();
