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
  // After filtering in place the parts are new to us but not always to htmx: whichever was not asked for yet is asked for now.
  const asked = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches && event.target.matches("[data-part]")) asked.set(event.target, event.target.getAttribute("hx-get"));
  });
  document.addEventListener("htmx:afterSettle", () => setTimeout(() => {
    document.querySelectorAll("[data-part]").forEach((part) => {
      if (asked.get(part) === part.getAttribute("hx-get")) return;
      htmx.process(part);
      if (asked.get(part) !== part.getAttribute("hx-get")) htmx.trigger(part, "again");
    });
  }, 50));
  // What was chosen in other parts stays: they stand in the address, and a part knows only what was chosen when it came.
  const choices = ["per", "figure", "by", "curve"];
  document.addEventListener("htmx:configRequest", (event) => {
    const now = new URLSearchParams(location.search);
    const detail = event.detail;
    const form = detail.elt.id === "filters";
    if (!form && !detail.formData.has("chosen")) return;
    const path = new URLSearchParams(detail.path.split("?")[1] || "");
    choices.forEach((name) => {
      if (form) detail.formData.delete(name);
      if (now.has(name) && !path.has(name) && !detail.formData.has(name)) detail.formData.append(name, now.get(name));
    });
  });
  document.addEventListener("click", (event) => {
    const again = event.target.closest && event.target.closest("[data-again]");
    const part = again && again.closest("[data-part]");
    if (!part) return;
    show(part, false);
    htmx.trigger(part, "again");
  });
})();
