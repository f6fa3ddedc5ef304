/* A page that people keep open refreshes by itself. Every half minute it asks for a mark, which costs next to nothing; only when the
   mark is another one are the parts ([data-refresh]: their address, '' for that of the page) asked for and morphed, so that scroll,
   focus, ticks and open facets stay. It waits while somebody types, has a menu or dialog open or waits for an answer, and rests
   while the tab is hidden. Changed rows are marked for a moment. It can be paused. */
(function () {
  "use strict";
  const $ = (selector, within) => (within || document).querySelector(selector);
  const $$ = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const PAUSED = "live-paused";
  const SAID_EVERY = 60000; // to screen readers, at most so often
  const TYPING = 8000;
  let mark = "", failures = 0, timer = 0, looking = false, asked = 0, typed = 0, said = 0, last = new Date(), gone = false;

  const box = () => $("[data-live]");
  const every = () => Number(box().dataset.every) * 1000;
  function paused() { try { return localStorage.getItem(PAUSED) === "1"; } catch (e) { return Boolean(box().dataset.paused); } }
  function pause(yes) {
    try { localStorage.setItem(PAUSED, yes ? "1" : "0"); } catch (e) { box().dataset.paused = yes ? "1" : ""; }
  }
  const time = () => last.toLocaleTimeString(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: box().dataset.zone });
  function word() {
    const kind = gone ? "gone" : paused() ? "off" : failures ? "lost" : "on";
    $("[data-live-switch]").setAttribute("aria-pressed", String(kind === "on" || kind === "lost"));
    $("[data-live-switch]").hidden = gone;
    $("[data-live-reload]").hidden = !gone;
    box().classList.toggle("is-stale", kind === "lost" || kind === "gone");
    $("[data-live-words]").textContent = box().dataset[kind + "Words"].replace("{time}", time());
  }
  const busy = () => Date.now() - typed < TYPING ||
    Boolean($("details.menu[open], dialog[open], .filters-fold[open] .apply:focus, .htmx-request, [popover]:popover-open, form[data-sending]"));

  function later(wait) {
    clearTimeout(timer);
    if (!gone) timer = setTimeout(look, wait);
  }
  async function look(now) {
    if (!box() || looking || gone || document.hidden || (paused() && now !== true)) return;
    if (now !== true && busy()) return later(3000);
    let soon = false;
    looking = true;
    asked = Date.now();
    try {
      const answer = await fetch(box().dataset.live, {
        cache: "no-store",
        headers: { "X-By-Itself": "1", "HX-Request": "true", ...(mark ? { "If-None-Match": '"' + mark + '"' } : {}) },
        signal: AbortSignal.timeout(20000),
      });
      if ([401, 403, 404].includes(answer.status) || answer.redirected) gone = true; // session.js says the rest
      else if (answer.status !== 200 && answer.status !== 304) throw new Error(String(answer.status));
      else soon = await heard(answer, now === true);
      failures = 0;
    } catch (e) {
      failures += 1;
    }
    looking = false;
    if (!box()) return;
    word();
    if (!paused()) later(soon ? 3000 : Math.min(every() * 2 ** Math.min(failures, 4), 300000));
  }
  async function heard(answer, wanted) { // true: to be looked at again soon, the mark stays as it was
    const known = mark;
    const tag = (answer.headers.get("ETag") || "").replace(/^W\//, "").replace(/"/g, "");
    if (answer.status === 200 && known || wanted) {
      if (!wanted && busy()) return true; // somebody began to do something meanwhile
      await refresh("[data-refresh]");
    }
    mark = tag || mark;
    last = new Date();
    return false;
  }

  async function refresh(which) {
    const before = rows(), active = document.activeElement.id;
    for (const part of $$(which)) {
      if ($("[data-hold]", part) || !part.isConnected) continue; // what came of an act is still being read
      const url = part.dataset.refresh || location.pathname + location.search;
      await htmx.ajax("GET", url, { source: box(), target: "#" + part.id, swap: "morph:outerHTML" });
    }
    const focused = active && document.getElementById(active); // a row that moved may have lost it
    if (focused && document.activeElement === document.body) focused.focus({ preventScroll: true });
    show(before);
  }
  function rows() {
    return new Map($$("[data-refresh] tr[id]").map((row) => [row.id, row.innerText.replace(/\s+/g, " ")]));
  }
  function show(before) {
    if (!before.size) return;
    const changed = Array.from(rows()).filter(([id, text]) => before.get(id) !== text).map(([id]) => document.getElementById(id));
    changed.forEach((row) => {
      row.classList.add("is-fresh");
      setTimeout(() => row.classList.remove("is-fresh"), 4000);
    });
    if (!changed.length || Date.now() - said < SAID_EVERY) return;
    said = Date.now();
    const words = changed.length === 1 ? box().dataset.oneWords : box().dataset.manyWords;
    $("[data-live-said]").textContent = words.replace("{n}", changed.length);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea")) typed = Date.now();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-live-reload]")) location.reload();
    if (!event.target.closest("[data-live-switch]")) return;
    pause(!paused());
    word();
    if (!paused()) look(true);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (box()) later(Math.max(0, every() - (Date.now() - asked)) || 500 + Math.random() * 1500);
  });
  document.addEventListener("htmx:afterRequest", (event) => { // one's own act: its answer has shown the rows, the rest follows
    const how = event.detail.requestConfig, target = event.detail.target;
    if (!box() || !how || how.verb === "get" || !event.detail.successful || !target || !target.matches("[data-refresh]")) return;
    mark = "";
    refresh("[data-refresh]:not(#" + target.id + ")");
  });
  document.addEventListener("live:now", () => look(true));
  document.addEventListener("DOMContentLoaded", () => {
    if (!box()) return;
    word();
    later(1000);
  });
})();
