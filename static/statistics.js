/* A part of the page that could not be fetched says so in its place and can be asked again. */
(function () {
  "use strict";
  function show(part, failed) {
    const waits = part.querySelector(".part-waits");
    const said = part.querySelector(".part-failed");
    if (waits) waits.hidden = failed;
    if (said) said.hidden = !failed;
  }
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((kind) => document.addEventListener(kind, (event) => {
    const part = event.target.closest && event.target.closest("[data-part]");
    if (part) show(part, true);
  }));
  document.addEventListener("click", (event) => {
    const again = event.target.closest && event.target.closest("[data-again]");
    const part = again && again.closest("[data-part]");
    if (!part) return;
    show(part, false);
    htmx.trigger(part, "again");
  });
})();
