/* What somebody typed outlives a session that ended, a page that was open too long, or a server that failed, before it was saved
   (SEC-6). A form on its way keeps it in this tab; the page it stood on fills it in again, for the same person only. Files,
   passwords and what was left as it was are not kept. Without script the browser's own way back has to do. */
(function () {
  "use strict";
  if (!window.Typed) return; // it was lost on the way: nobody here could say what was typed
  const PLACE = "typed";
  const LASTS = 3600000; // ms
  const who = document.body.dataset.who || "";

  function read() {
    try { return JSON.parse(sessionStorage.getItem(PLACE)); } catch (e) { return null; }
  }
  function write(kept) {
    try {
      if (kept) sessionStorage.setItem(PLACE, JSON.stringify(kept));
      else sessionStorage.removeItem(PLACE);
    } catch (e) { /* then it lasts as long as the page */ }
  }
  const fields = (form) => Typed.fields(form).filter((one) => one.type !== "password" && one.type !== "file");
  const mark = (form) => Array.from(form.elements).find((one) => one.type === "hidden" && /(^|-)opened$/.test(one.name));
  const address = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const alike = (action) => Array.from(document.forms).filter((form) => form.method === "post" && address(form) === action);

  function typed(form) {
    const seen = {};
    return fields(form).map((one) => {
      seen[one.name] = (seen[one.name] || 0) + 1;
      return { name: one.name, nth: seen[one.name] - 1, now: Typed.now(one), changed: Typed.isChanged(one) };
    }).filter((one) => one.changed);
  }
  function put(form, told) {
    const one = fields(form).filter((field) => field.name === told.name)[told.nth];
    if (!one) return false;
    if ("options" in one) Array.from(one.options).forEach((option, i) => { option.selected = Boolean(told.now[i]); });
    else if (typeof told.now === "boolean") one.checked = told.now;
    else one.value = told.now;
    one.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }
  function fill(kept) {
    const form = alike(kept.action)[kept.nth];
    if (!form || !kept.typed.map((told) => put(form, told)).includes(true)) return;
    if (kept.mark && mark(form)) mark(form).value = kept.mark; // what it was typed against: somebody may have saved meanwhile
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    form.scrollIntoView({ block: "center" });
    document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text: document.getElementById("toasts").dataset.refilled } }));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!who || form.method !== "post" || form.closest("[data-unsaved]")) return;
    const action = address(form), found = typed(form);
    write(found.length ? { who, action, path: location.pathname, nth: alike(action).indexOf(form), typed: found, mark: mark(form) ? mark(form).value : "", at: Date.now() } : null);
  });
  function lost() {
    const kept = read();
    if (kept) write(Object.assign(kept, { lost: true }));
    return kept;
  }
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.requestConfig.verb !== "get") lost(); });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.requestConfig.verb !== "get") write(null);
  });
  document.addEventListener("DOMContentLoaded", () => {
    const unsaved = document.querySelector("[data-unsaved]");
    const kept = unsaved ? lost() : read();
    if (!kept) return;
    if ((who && who !== kept.who) || Date.now() - kept.at > LASTS || !(kept.lost || unsaved)) write(null);
    else if (unsaved) unsaved.querySelectorAll("[data-unsaved-said]").forEach((said) => { said.hidden = false; });
    else if (location.pathname === kept.path) {
      write(null);
      fill(kept);
    }
  });
})();
