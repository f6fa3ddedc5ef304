/* Parts of a page that fetch themselves: one that could not be fetched says so in its place and can be asked again; after filtering
   each keeps what it shows, pale, until its new figures are there, so that nothing jumps. */
(function () {
  "use strict";
  const parts = () => Array.from(document.querySelectorAll("[data-part]"));
  const here = (part) => part.querySelector(".part-here");
  function show(part, failed) {
    part.querySelector(".part-failed").hidden = !failed;
    here(part).hidden = failed;
  }
  const under = new WeakMap(); // request -> part; what asked for it may be gone when the answer comes
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    const part = target && target.closest && target.closest("[data-part]");
    if (!part) return;
    under.set(event.detail.xhr, part);
    part.setAttribute("aria-busy", "true");
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((kind) => document.addEventListener(kind, (event) => {
    const part = under.get(event.detail.xhr);
    if (part && event.detail.elt === part) show(part, true); // a choice that could not be followed leaves the figures of before
  }));
  document.addEventListener("htmx:afterRequest", (event) => {
    const part = under.get(event.detail.xhr);
    if (!part) return;
    part.removeAttribute("aria-busy");
    if (!event.detail.successful) return;
    show(part, false);
    arrive(part);
  });

  // After filtering in place a part has another address, and keeps its figures until those of the new one come.
  const morph = Idiomorph.defaults.callbacks.beforeNodeMorphed;
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (node, fresh) => {
    if (!(node.dataset && "part" in node.dataset && node.id === fresh.id)) return morph(node, fresh);
    node.setAttribute("hx-get", fresh.getAttribute("hx-get"));
    return false;
  };
  // Whichever was not asked for yet is asked for now: to us they are new, but not always to htmx.
  const asked = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches && event.target.matches("[data-part]")) asked.set(event.target, event.target.getAttribute("hx-get"));
  });
  document.addEventListener("htmx:afterSettle", () => setTimeout(() => {
    parts().forEach((part) => {
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
    part.setAttribute("tabindex", "-1");
    part.focus({ preventScroll: true }); // the button goes away
    htmx.trigger(part, "again");
  });

  /* ---- an address that names a part leads there, before it has come and when those above it have */
  let sought = null;
  function arrive(part) {
    if (sought && (part === sought || part.compareDocumentPosition(sought) & Node.DOCUMENT_POSITION_FOLLOWING)) sought.scrollIntoView({ behavior: "instant" });
  }
  document.addEventListener("DOMContentLoaded", () => {
    sought = location.hash.length > 1 ? document.getElementById("part-" + location.hash.slice(1)) : null;
    if (sought) sought.scrollIntoView({ behavior: "instant" });
  });
  ["wheel", "touchmove", "keydown", "pointerdown"].forEach((kind) => addEventListener(kind, () => { sought = null; }, { passive: true }));
})();
