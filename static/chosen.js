/* Ticks that survive pages, filters and refreshing: inside [data-choosing] the ids are kept for this tab until somebody comes to
   the page anew. 'Select all that match' is a word of its own, bound to the filters it was said of; it can be taken back. */
(function () {
  "use strict";
  const PLACE = "chosen" + location.pathname;
  const $ = (selector, within) => (within || document).querySelector(selector);
  const $$ = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const area = () => $("[data-choosing]");
  const figure = (n) => new Intl.NumberFormat(document.documentElement.lang || "en").format(n);
  let ids = new Set();
  let all = null; // {matching, total}: everything that these filters find
  let former = null; // {ids, all}: what the button to take it back gives
  let note = ""; // said once, in place of the count

  function keep() {
    try { sessionStorage.setItem(PLACE, JSON.stringify(Array.from(ids))); } catch (e) { /* then only for this page */ }
  }
  function remembered() { // somebody who comes from elsewhere begins with nothing; Back, reloading and saved views do not
    const navigation = performance.getEntriesByType("navigation")[0];
    let stays = navigation && navigation.type !== "navigate";
    try { stays = stays || new URL(document.referrer).pathname === location.pathname; } catch (e) { /* no referrer */ }
    try {
      if (stays) ids = new Set(JSON.parse(sessionStorage.getItem(PLACE) || "[]"));
      else sessionStorage.removeItem(PLACE);
    } catch (e) { /* as above */ }
  }
  const picks = (within) => $$("input.pick", within);
  const total = () => (all ? all.total : ids.size);

  function show() {
    const here = area();
    if (!here) return;
    if (all && all.matching !== here.dataset.matching) {
      all = null;
      former = null;
      note = "dropped";
    }
    if (all) all.total = Number(here.dataset.total);
    const shown = picks(here);
    shown.forEach((pick) => { pick.checked = Boolean(all) || ids.has(pick.value); });
    const ticked = shown.filter((pick) => pick.checked).length;
    $$("[data-pick-all]", here).forEach((box) => {
      box.checked = ticked > 0 && ticked === shown.length;
      box.indeterminate = ticked > 0 && ticked < shown.length;
    });
    const bar = $("[data-bar]", here);
    if (bar) showBar(here, bar, ticked);
    $$("[data-chosen]").forEach((field) => { field.value = Array.from(ids).join(","); });
    $$("[data-everybody]").forEach((box) => { box.checked = Boolean(all); });
    keep();
  }

  function showBar(here, bar, ticked) {
    const count = total(), matching = Number(here.dataset.total), elsewhere = count - ticked;
    bar.toggleAttribute("data-some", count > 0 || Boolean(former) || Boolean(note));
    bar.toggleAttribute("data-nothing", count === 0);
    const kind = note || (all ? "all" : count === 0 ? "none" : elsewhere > 0 ? "elsewhere" : "some");
    const words = bar.dataset[kind + "Words"].replace("{n}", figure(count)).replace("{m}", figure(elsewhere));
    const said = $("[data-bar-words]", bar);
    if (said.textContent !== words) said.textContent = words; // not said again when nothing changed
    const every = $("[data-choose-all]", bar);
    every.hidden = Boolean(all) || count === 0 || matching <= ticked;
    every.textContent = every.dataset.words.replace("{n}", figure(matching));
    const back = $("[data-choose-former]", bar);
    back.hidden = !former;
    if (former) {
      const n = former.all ? former.all.total : former.ids.size;
      back.textContent = (all ? back.dataset.undoWords : back.dataset.againWords).replace("{n}", figure(n));
    }
  }

  function read(here) { // what the ticks on the page say, after lists.js has made ranges of them
    const shown = picks(here);
    former = null;
    note = "";
    if (all) { // one taken away of all: only those in sight are meant from now on
      all = null;
      ids = new Set();
    }
    shown.forEach((pick) => { if (pick.checked) ids.add(pick.value); else ids.delete(pick.value); });
    show();
  }
  document.addEventListener("click", (event) => {
    const here = event.target.closest && event.target.closest("[data-choosing]");
    if (!here) return;
    if (event.target.matches("input.pick")) read(here);
    if (event.target.closest("[data-choose-all]")) {
      former = ids.size ? { ids: new Set(ids), all: null } : null;
      all = { matching: here.dataset.matching, total: Number(here.dataset.total) };
      note = "";
      show();
      focusBar();
    }
    if (event.target.closest("[data-choose-former]") && former) {
      ids = former.ids;
      all = former.all;
      former = null;
      show();
      focusBar();
    }
  });
  function focusBar() { // the button that was pressed is gone
    const button = $("[data-bar] .btn-first");
    if (button && document.activeElement === document.body) button.focus();
    else if (button && document.activeElement.hidden) button.focus();
  }
  document.addEventListener("change", (event) => {
    const here = event.target.closest && event.target.closest("[data-choosing]");
    if (here && event.target.matches("[data-pick-all]")) read(here);
  });
  document.addEventListener("reset", (event) => {
    if (event.target.id !== "bulk") return;
    setTimeout(() => { // the boxes change after the event
      former = total() > 1 ? { ids: new Set(ids), all } : null;
      ids = new Set();
      all = null;
      note = "";
      show();
    }, 0);
  });

  /* ---- what was done to all that matched is done: the next press begins anew. Ticks stay. */
  document.addEventListener("htmx:afterSwap", () => {
    if (all && $("[data-choosing] #acted")) {
      all = null;
      former = null;
    }
    show();
  });
  document.addEventListener("htmx:afterSettle", show);
  document.addEventListener("DOMContentLoaded", () => { remembered(); show(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) show(); });
  document.addEventListener("htmx:configRequest", () => { note = ""; });
})();
