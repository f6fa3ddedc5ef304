/* The team dashboard by keyboard, and what belongs to this page alone: focus that comes back, figures that follow the reach, parts
   that could not be fetched. Everything works without it by pointer and Tab. */
(function () {
  "use strict";
  const $ = (selector, within) => (within || document).querySelector(selector);
  const $$ = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const SINGLE = "single-keys";
  const region = () => $("#people");

  /* ---- single keys, unless switched off or something is being written */
  function single() { try { return localStorage.getItem(SINGLE) !== "off"; } catch (e) { return true; } }
  const writing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const KEYS = {
    "/": () => { const find = $("#people input[type=search]"); if (find) { find.focus(); find.select(); } },
    "?": () => { const keys = $("#keys"); if (keys && !keys.open) keys.showModal(); },
    a: () => { const first = $("[data-bar][data-some] .btn-first"); if (first) first.focus(); },
    r: () => document.dispatchEvent(new Event("live:now")),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !single() || !KEYS[event.key]) return;
    if (writing(event.target) || $("dialog[open]")) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-single-keys]")) return;
    try { localStorage.setItem(SINGLE, event.target.checked ? "on" : "off"); } catch (e) { /* then it stays on */ }
  });

  /* ---- from row to row, in the same column; with Shift it ticks */
  const SAME = ["input.pick", ".c-who a", ".c-act summary"];
  let left = ""; // the row where somebody went to the bar from
  function step(event) {
    const kind = SAME.find((one) => event.target.matches("#people tbody " + one));
    if (!kind || event.target.closest("details.menu[open]")) return;
    const all = $$("#people tbody " + kind), at = all.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    const next = all[to];
    event.preventDefault();
    if (!next) return;
    if (event.shiftKey && kind === "input.pick") [event.target, next].forEach((pick) => { if (!pick.checked) pick.click(); });
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !event.target.matches) return;
    if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) step(event);
    if (event.key !== "Escape" || event.defaultPrevented || $("dialog[open]")) return;
    const fold = event.target.closest(".filters-fold[open]");
    if (event.target.closest("[data-bar]")) (document.getElementById(left) || $("#people input.pick") || region()).focus();
    else if (fold && !event.target.closest("details.menu[open]")) { fold.open = false; $("summary", fold).focus(); }
  });

  /* ---- the sheet of filters on a phone: 'Show' closes it, a tap beside it too */
  document.addEventListener("click", (event) => {
    const fold = $(".filters-fold[open]");
    if (!fold || getComputedStyle($(".facets", fold)).position !== "fixed") return;
    if (event.target.closest(".apply") || event.target === fold) setTimeout(() => { fold.open = false; $("summary", fold).focus(); }, 0);
  });

  /* ---- where the focus was before a dialog came */
  let opener = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.id && event.target.matches("#people tbody *")) left = event.target.id;
    if (!event.target.closest("dialog")) opener = event.target;
  });
  document.addEventListener("close", () => setTimeout(() => {
    if (document.activeElement !== document.body && document.activeElement.checkVisibility()) return;
    const menu = opener && opener.closest("details.menu");
    const to = [menu ? $("summary", menu) : opener, document.getElementById(left), $("#people-h")];
    const found = to.find((one) => one && one.isConnected && one.checkVisibility());
    if (found) found.focus();
  }, 60), true);
  document.addEventListener("htmx:beforeRequest", (event) => { // the menu a dialog is asked from is done with
    const menu = event.target.closest && event.target.closest("details.menu[open]");
    if (menu && !menu.classList.contains("facet")) menu.open = false;
  });

  /* ---- another page of the list begins at its heading, for the focus too: the link that was pressed may be gone */
  document.addEventListener("htmx:afterSettle", (event) => {
    const from = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (from && from.closest && from.matches("[rel=next], [rel=prev], .pages a") && document.activeElement === document.body) $("#people-h").focus({ preventScroll: true });
  });

  /* ---- the figures follow the reach that the filters say */
  document.addEventListener("htmx:afterSettle", () => {
    const numbers = $("#numbers[data-refresh]");
    if (!numbers || !region() || numbers.dataset.reach === region().dataset.reach) return;
    const reach = region().dataset.reach;
    numbers.dataset.reach = reach;
    const url = new URL(numbers.dataset.refresh, location.href);
    if (reach === "line") url.searchParams.delete("reach");
    else url.searchParams.set("reach", reach);
    numbers.dataset.refresh = url.pathname + url.search;
    htmx.ajax("GET", numbers.dataset.refresh, { source: numbers, target: "#numbers", swap: "morph:outerHTML", select: "unset" });
  });

  /* ---- a part that could not be fetched says so where it stands, and is asked for again by a button */
  function failed(event) {
    const target = event.detail.target, how = event.detail.requestConfig;
    const part = target && target.closest && target.closest("#people, #numbers");
    if (!part || !how || how.verb !== "get") return;
    const old = $(".part-failed", part);
    if (old) old.remove();
    part.prepend($("#part-failed").content.cloneNode(true));
    $$(".needs-js:has(.bone)", part).forEach((bones) => bones.remove());
    if (how.triggeringEvent) $(".part-failed", part).scrollIntoView({ block: "nearest" }); // somebody waits for it, maybe at the end of the list
    const asked = event.detail.pathInfo.finalRequestPath || event.detail.pathInfo.requestPath;
    $("[data-try-again]", part).dataset.url = asked;
  }
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, failed));
  document.addEventListener("click", (event) => {
    const again = event.target.closest("[data-try-again]");
    if (!again) return;
    const part = again.closest("#people, #numbers");
    const url = again.dataset.url;
    htmx.ajax("GET", url, { source: part, target: "#" + part.id, swap: "morph:outerHTML", select: "#" + part.id }).then(() => {
      const now = document.getElementById(part.id);
      if (document.activeElement === document.body) $("[data-try-again], #people-h, a.tile", now).focus({ preventScroll: true }); // the button has gone
      if (part.id === "people" && !$(".part-failed", region())) history.pushState({ htmx: true }, "", url);
    });
  });

  document.addEventListener("DOMContentLoaded", () => {
    const box = $("[data-single-keys]");
    if (box) box.checked = single();
  });
})();
