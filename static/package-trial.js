/* What the frame of a trial says, in words. Content may say anything: it is only shown, and only words of ours. */
(() => {
  "use strict";
  const said = document.getElementById("trial-said");
  const frame = document.querySelector("iframe.package-trial");
  let done = false;
  window.addEventListener("message", (event) => {
    const told = event.data;
    if (event.origin !== said.dataset.origin || event.source !== frame.contentWindow) return;
    if (!told || told.lms !== "player" || typeof told.said !== "string") return;
    const words = said.getAttribute(`data-words-${told.said.replace(/[^a-z]/g, "")}`);
    if (!words || (done && told.said === "saved")) return;
    done = done || told.said === "done";
    said.textContent = words;
  });
})();
