// Inside WeChat its own browser opens the cashier; what it answers is only a hint, the channel is asked.
(() => {
  "use strict";
  const tried = new Set();
  const ask = () => document.querySelector("form[data-check]")?.requestSubmit();
  const open = (box) => {
    const told = JSON.parse(box.dataset.cashier);
    const call = () =>
      window.WeixinJSBridge.invoke("getBrandWCPayRequest", told, (said) => {
        if (said.err_msg === "get_brand_wcpay_request:ok") ask();
      });
    if (window.WeixinJSBridge) call();
    else document.addEventListener("WeixinJSBridgeReady", call, { once: true });
  };
  const openBySelf = () => {
    const box = document.querySelector("[data-cashier][data-opens]");
    if (!box) return;
    const mark = JSON.parse(box.dataset.cashier).package;
    if (tried.has(mark)) return;
    tried.add(mark);
    open(box);
  };
  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-cashier]");
    if (box && event.target.closest("button")) open(box);
  });
  document.addEventListener("htmx:afterSettle", openBySelf);
  openBySelf();
})();
