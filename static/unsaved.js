/* What was typed into a form of the studio and not saved: leaving the page asks first, a list that is shown anew leaves the
   form alone, and whatever else would replace it asks. Forms that save or keep themselves (data-save, data-keep) need none. */
(function () {
  "use strict";
  if (!window.Typed) return; // it was lost on the way
  const words = document.currentScript.dataset;
  const FORMS = "form[data-once][novalidate]:not([data-save], [data-keep], dialog form)";
  const forms = (within) => Array.from(within.querySelectorAll(FORMS)).concat(within.matches && within.matches(FORMS) ? [within] : []);
  const formOf = (event) => event.target.closest && event.target.closest(FORMS);

  document.addEventListener("input", (event) => { const form = formOf(event); if (form) form.dataset.touched = ""; });
  document.addEventListener("change", (event) => { const form = formOf(event); if (form) form.dataset.touched = ""; });

  /* Changed, or come back with what is to be put right: the values it shows are then typed ones, not stored ones. */
  const isUnsaved = (form) => !form.dataset.sending
    && ("unsaved" in form.dataset || ("touched" in form.dataset && Typed.fields(form).some(Typed.isChanged)));
  const unsaved = (within) => forms(within).filter(isUnsaved);

  window.addEventListener("beforeunload", (event) => { if (unsaved(document).length) event.preventDefault(); });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(FORMS).forEach((form) => { if (form.querySelector(".summary[role=alert]")) form.dataset.unsaved = ""; });
  });

  /* ---- a fragment that would take the place of such a form */
  document.addEventListener("htmx:confirm", (event) => {
    const asks = event.detail.elt, target = event.detail.target, own = asks.closest("form");
    if (!target || target === document.body || asks === document.body || (asks.getAttribute("hx-swap") || "").includes("none")) return;
    const swap = asks.closest("[hx-swap]"), morphs = swap && swap.getAttribute("hx-swap").startsWith("morph");
    if (morphs || !unsaved(target).some((form) => form !== own)) return;
    event.preventDefault();
    if (window.confirm(words.lost)) event.detail.issueRequest(true);
  });
  if (window.Idiomorph) {
    const calls = Idiomorph.defaults.callbacks, morphed = calls.beforeNodeMorphed;
    const held = (node) => node.nodeType === 1 && unsaved(node).length > 0;
    calls.beforeNodeMorphed = (node, made) => !(node.nodeType === 1 && node.matches(FORMS) && isUnsaved(node)) && morphed(node, made);
    calls.beforeNodeRemoved = (node) => !held(node);
  }

  /* ---- a form that comes back with what was typed, one row longer or with an error, is as unsaved as it was */
  let asked = null;
  const typed = (form) => Array.from(form.elements).filter((one) => /^(text|textarea)$/.test(one.type) && one.value.trim()).map((one) => one.value.trim()).join("\n");
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig.elt.closest(FORMS);
    const saved = (event.detail.xhr.getResponseHeader("HX-Trigger") || "").includes('"toast"');
    asked = form && form.id && !saved ? { id: form.id, typed: typed(form) } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const form = asked && document.getElementById(asked.id);
    if (form && asked.typed && typed(form) === asked.typed) form.dataset.unsaved = "";
    asked = null;
  });
})();
