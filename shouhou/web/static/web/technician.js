// The quote's total while it is typed; without JavaScript it is told on the next page.
(() => {
  "use strict";
  for (const lines of document.querySelectorAll("[data-quote]")) {
    const total = lines.querySelector("[data-total]"), sum = lines.querySelector("[data-sum]");
    const money = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: lines.dataset.currency || "CNY", currencyDisplay: "narrowSymbol" });
    const add = () => {
      let minor = 0;
      for (const line of lines.querySelectorAll(".quote-line")) {
        const what = line.querySelector("input[type=text], input:not([type])"), amount = line.querySelector("input[type=number]");
        if (what?.value.trim() && amount?.value) minor += Math.round(Number(amount.value) * 100);
      }
      sum.textContent = money.format(minor / 100);
    };
    total.hidden = false;
    lines.addEventListener("input", add);
    add();
  }
})();
