/* Behaviour every page shares. No build, no inline script (the content policy forbids it), listeners on document so that
   swapped-in fragments work at once. Lists (filters, ticks, drop zones) are in lists.js. Words come from #toasts, translated. */
(function () {
  "use strict";
  const $ = (selector, within) => (within || document).querySelector(selector);
  const $$ = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const words = () => $("#toasts").dataset;

  /* ---- toasts: calm, few. Errors stay until closed; the rest leave by themselves unless pointed at or focused. */
  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", words().sprite + "#" + name);
    svg.append(use);
    return svg;
  }
  function toast(text, options) {
    const how = options || {};
    const box = $("#toasts");
    // Polling repeats its failure every two seconds; saying it once is enough.
    if ($$("[data-toast] > span", box).some((span) => span.textContent === text)) return;
    const note = document.createElement("div");
    const span = document.createElement("span");
    const button = document.createElement("button");
    note.className = "toast-live";
    note.dataset.toast = "";
    if (how.error) note.dataset.keep = "";
    span.textContent = text;
    button.className = "btn";
    button.type = "button";
    if (how.undo) {
      button.textContent = words().undo;
      button.addEventListener("click", () => {
        note.remove();
        htmx.ajax("POST", how.undo, { source: document.body, swap: "none" });
      });
    } else if (how.reload) {
      button.textContent = words().reload;
      button.addEventListener("click", () => location.reload());
    } else {
      button.textContent = words().close;
      button.dataset.dismiss = "";
    }
    note.append(icon(how.error ? "alert" : "check"), span, button);
    box.append(note);
    if (!how.error) leaveLater(note);
  }
  function leaveLater(note) {
    if (note.dataset.leaving) return;
    note.dataset.leaving = "";
    const go = () => {
      if (note.matches(":hover, :focus-within")) setTimeout(go, 4000); // time enough to reach Undo (WCAG 2.2.1)
      else note.remove();
    };
    setTimeout(go, 10000);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss]");
    if (button) button.closest("[data-toast]").remove();
  });
  document.addEventListener("toast", (event) => { // HX-Trigger: {"toast": {"text": …, "undo": address, "tone": "bad"}}
    toast(event.detail.text, { undo: event.detail.undo, error: event.detail.tone === "bad" });
  });

  /* ---- what a page asks by itself (polling, loading a part later) is no sign of life: it must not keep a session open */
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-By-Itself"] = "1";
  });

  /* ---- htmx: what can go wrong, in words */
  const saidThere = (event) => { // what a page asks for by reading says in its own place that it did not come
    const how = event.detail.requestConfig, target = event.detail.target;
    return Boolean(how && how.verb === "get" && target && target.closest && target.closest("[data-says-so]"));
  };
  const said = { 400: "stale", 401: "stale", 403: "forbidden", 404: "gone", 409: "gone", 410: "gone", 413: "large", 429: "often" };
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (saidThere(event)) return;
    if ((event.detail.xhr.getResponseHeader("HX-Trigger") || "").includes('"toast"')) return; // the server said it better
    const key = said[status] || "broken";
    toast(words()[key], { error: true, reload: key === "stale" || key === "gone" });
  });
  document.addEventListener("htmx:sendError", (event) => saidThere(event) || toast(words().offline, { error: true }));
  document.addEventListener("htmx:timeout", (event) => saidThere(event) || toast(words().slow, { error: true }));

  /* A form with errors comes back as itself: whatever the success would have replaced, a 422 replaces the form, so nothing typed is lost.
     The answer may be the whole page or just the form; it is found by its id. A server that knows better sends HX-Retarget. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    if (detail.xhr.status !== 422 || detail.xhr.getResponseHeader("HX-Retarget")) return;
    const form = detail.requestConfig.elt.closest("form");
    if (!form || !form.id || !detail.xhr.responseText.includes('id="' + form.id + '"')) return;
    detail.target = form;
    detail.swapOverride = "outerHTML";
    detail.selectOverride = "#" + form.id;
  });

  /* ---- focus: to the list of errors, to a dialog that came, else it stays where it was */
  function settle(root) {
    $$("dialog[data-open]", root).forEach((dialog) => {
      if (!dialog.open) dialog.showModal();
      dialog.removeAttribute("data-open");
    });
    const summary = $(".summary[role=alert]", root);
    if (summary && root !== document.body) summary.focus(); // body: a swap that left nothing behind; the focus is not its business
    $$("#toasts [data-toast]:not([data-keep])").forEach(leaveLater);
    $$("[data-ends-at]", root).forEach(countDown);
  }
  document.addEventListener("htmx:afterSettle", (event) => settle(event.target)); // fires on what was swapped in
  document.addEventListener("DOMContentLoaded", () => settle(document));

  /* ---- focus is never lost: what had it may be swapped away, hidden or closed. Then the same control gets it where it came anew, else
     the nearest thing around it that is still there, so that whoever works by ear or keyboard goes on from where they were. */
  const STEADY = "tr, li, dialog, section, form, fieldset, details, article, main, [role], [id]";
  let had = [], outside = []; // what has the focus and what is around it; the same outside of dialogs and toasts
  const around = (element) => {
    const path = [];
    for (let one = element; one && one !== document.body; one = one.parentElement) path.push(one);
    return path;
  };
  const there = (element) => Boolean(element && element.isConnected && element.checkVisibility({ visibilityProperty: true }));
  const looks = (control) => [control.tagName, control.name, control.value, control.getAttribute("href"), control.getAttribute("formaction"), control.textContent.trim()].join("|");
  document.addEventListener("focusin", (event) => {
    had = around(event.target);
    if (!event.target.closest("#toasts, #dialogs, dialog")) outside = had;
  });
  document.addEventListener("mousedown", () => setTimeout(() => { // a press beside everything: left on purpose, which is no loss
    if (document.activeElement === document.body) had = [];
  }, 0));
  function takes(element) { // whether it has the focus now
    if (element.matches("details")) return takes($("summary", element));
    if (element.tabIndex < 0) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    return document.activeElement === element;
  }
  function find() {
    if (document.activeElement !== document.body || !had.length) return;
    const path = had.some((one) => one.matches("#toasts, #dialogs, dialog:not([open])")) ? outside : had;
    if (there(path[0]) && takes(path[0])) return;
    for (const one of path.filter((other) => other.matches(STEADY))) {
      const now = there(one) ? one : one.id && document.getElementById(one.id);
      if (!there(now)) continue;
      const again = $$(path[0].tagName, now).find((control) => there(control) && looks(control) === looks(path[0]));
      if ((again && takes(again)) || takes(now)) return;
    }
    if ($("#main")) takes($("#main"));
  }
  const findSoon = () => setTimeout(find, 50); // after whoever knows better where it belongs
  ["htmx:afterSettle", "click", "reset"].forEach((kind) => document.addEventListener(kind, findSoon));
  document.addEventListener("close", findSoon, true);

  /* ---- what a swap brought is said: a status that comes together with its words is passed over by screen readers, because only a
     change of one that was there is news. So its words go into one that is always there, and so does what a row says came of an act
     ([data-did]). Nothing is said of what the page asked by itself. */
  const known = new WeakMap(); // what each said last
  const TOLD = "[role=status]:not(#toasts, #spoken), [data-did]";
  const SOON = 10000; // ms: what came of an act may be brought by the page's own refreshing before the act is answered
  let acted = 0;
  // A status that a morph left where it was and gave other words is said by itself; a row's word is not.
  const heardOf = (one) => (one.matches("[role=status]") ? known.has(one) : known.get(one) === one.textContent);
  function say(root, wanted, act) {
    const fresh = [root, ...$$(TOLD, root)].filter((one) => one.matches && one.matches(TOLD) && !heardOf(one));
    fresh.forEach((one) => known.set(one, one.textContent));
    const whole = wanted ? fresh.filter((one) => one.matches("[role=status]") && one.textContent.trim()) : [];
    const did = act ? fresh.filter((one) => one.matches("[data-did]")) : [];
    const heard = (whole.length ? whole : did).map((one) => one.textContent.trim().replace(/\s+/g, " ")).filter(Boolean).slice(0, 2).join(" ");
    if (!heard || !$("#spoken")) return;
    $("#spoken").textContent = "";
    setTimeout(() => { $("#spoken").textContent = heard; }, 100); // the same words once more are news, too
  }
  document.addEventListener("DOMContentLoaded", () => say(document, false, false));
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get" && event.detail.requestConfig.triggeringEvent) acted = Date.now();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const how = event.detail.requestConfig;
    say(event.target, Boolean(how && how.triggeringEvent), Date.now() - acted < SOON);
  });

  /* ---- morphing keeps what the reader did: open menus and what is being typed */
  if (window.Idiomorph) {
    Idiomorph.defaults.ignoreActiveValue = true;
    Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
      !(name === "open" && (node.tagName === "DETAILS" || node.tagName === "DIALOG"));
    // What a script words itself, like a count of ticks, is not worded anew by the server: it would be read out each time.
    // Nor is what somebody typed to find a choice in a long list: the server knows nothing of it.
    Idiomorph.defaults.callbacks.beforeNodeMorphed = (node) => !(node.dataset && ("worded" in node.dataset || "narrow" in node.dataset));
  }

  /* ---- menus: <details> close on a click elsewhere and on Escape, which gives the focus back */
  document.addEventListener("click", (event) => {
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("htmx:afterRequest", (event) => { // chosen: what it brought must not lie under the menu
    const menu = event.detail.elt.closest && event.detail.elt.closest(".menu-panel > :is(a, button, form)") && event.detail.elt.closest("details.menu[open]");
    if (menu && event.detail.successful) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = (event.target.closest && event.target.closest("details.menu[open]")) || $("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    $("summary", menu).focus();
  });

  document.addEventListener("focusout", (event) => { // by Tab beyond it: what floats must not lie over what has the focus now
    const to = event.relatedTarget;
    for (let menu = to && event.target.closest("details.menu[open]"); menu; menu = menu.parentElement.closest("details.menu[open]")) {
      const panel = $(".menu-panel", menu);
      if (panel && !menu.contains(to) && getComputedStyle(panel).position !== "static") menu.open = false;
    }
  });

  /* ---- dialogs */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog) {
        event.preventDefault();
        const menu = opener.closest("details.menu[open]");
        if (menu) menu.open = false;
        dialog.showModal();
      }
      return;
    }
    const closer = event.target.closest("[data-close]");
    if (closer && closer.closest("dialog")) closer.closest("dialog").close();
    else if (event.target.tagName === "DIALOG" && beside(event.target, event)) event.target.close();
  });
  function beside(dialog, event) { // the backdrop is part of the dialog element; only a point outside its box closes it
    const box = dialog.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  }
  document.addEventListener("closeDialog", () => $$("dialog[open]").forEach((dialog) => dialog.close())); // HX-Trigger: closeDialog
  document.addEventListener("htmx:afterRequest", (event) => {
    const dialog = event.detail.elt.closest && event.detail.elt.closest("dialog[open]");
    const form = event.detail.elt.closest && event.detail.elt.closest("form");
    if (dialog && form && form.method === "post" && event.detail.successful && !dialog.contains(event.detail.target)) dialog.close();
  });

  /* ---- one press, one request */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !form.dataset.confirmed && !window.confirm(form.dataset.confirm)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (!("once" in form.dataset)) return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sending = "1";
    const button = event.submitter;
    if (button) button.setAttribute("aria-busy", "true");
    // A download answers without leaving the page, so the lock must not outlive a patient wait.
    setTimeout(() => release(form), 8000);
  }, true);
  function release(form) {
    delete form.dataset.sending;
    $$("[aria-busy=true]", form).forEach((button) => button.removeAttribute("aria-busy"));
    if (form.id) $$('[form="' + form.id + '"][aria-busy=true]').forEach((button) => button.removeAttribute("aria-busy"));
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest && event.detail.elt.closest("form");
    if (form) release(form);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) $$("form[data-sending]").forEach(release); });

  /* ---- something that cannot be used yet says why and does nothing */
  document.addEventListener("click", (event) => {
    if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
  });

  /* ---- light, dark or as the system says */
  function showTheme() {
    const now = document.documentElement.dataset.theme || "system";
    $$("[data-theme-set]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.themeSet === now)));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (!button) return;
    const chosen = button.dataset.themeSet;
    try { localStorage.setItem("theme", chosen); } catch (e) { /* then it lasts for this page */ }
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    showTheme();
  });
  document.addEventListener("DOMContentLoaded", showTheme);

  /* ---- time left. Only a display: the server decides when time is up. */
  function countDown(timer) {
    if (timer.dataset.ticking) return;
    timer.dataset.ticking = "1";
    const ends = Date.parse(timer.dataset.endsAt);
    const clock = $("[data-clock]", timer);
    const tick = () => {
      if (!timer.isConnected) return;
      const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
      const two = (n) => String(n).padStart(2, "0");
      clock.textContent = left >= 3600 ? Math.floor(left / 3600) + ":" + two(Math.floor(left / 60) % 60) + ":" + two(left % 60) : Math.floor(left / 60) + ":" + two(left % 60);
      timer.classList.toggle("is-short", left <= 60);
      if (left > 0) setTimeout(tick, 1000);
      else timer.dispatchEvent(new CustomEvent("timeup", { bubbles: true })); // a form may listen: hx-trigger="timeup from:body"
    };
    tick();
  }
})();
