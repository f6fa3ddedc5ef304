/* A session ends when nothing was done for a while; the server decides (lmsapp/web/sessions.py). Two minutes before, the page
   says so and offers to stay (WCAG 2.2.1). At the end it gives way to the sign-in page, unless something typed would be lost. */
(function () {
  "use strict";
  const note = document.getElementById("session-note");
  if (!note) return;
  const IDLE = Number(note.dataset.idle) * 1000;
  const SOON = Math.min(120000, IDLE / 2);
  const PLACE = "session-used"; // tabs of one browser tell each other
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  let used = 0;
  let typed = false;
  let shown = null;

  function use() {
    used = Date.now();
    try { localStorage.setItem(PLACE, String(used)); } catch (e) { /* then each tab counts for itself */ }
    show(null);
  }
  function lastUse() {
    let told = 0;
    try { told = Number(localStorage.getItem(PLACE)) || 0; } catch (e) { /* as above */ }
    return told > Date.now() ? used : Math.max(used, told);
  }
  function show(name) {
    if (shown && shown.dataset.session === name) return;
    if (shown) shown.remove();
    shown = name && note.content.querySelector('[data-session="' + name + '"]').cloneNode(true);
    if (shown) document.getElementById("toasts").append(shown);
  }
  function leave() {
    location.assign(note.dataset.leave + "&next=" + encodeURIComponent(location.pathname + location.search));
  }
  function look() {
    const left = lastUse() + IDLE - Date.now();
    if (left > SOON) show(null);
    else if (left > 0) show("soon");
    else if (typed) show("over");
    else leave();
  }
  function stay() {
    fetch(note.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token(), "HX-Request": "true" } })
      .then((response) => { if (response.ok) use(); else if (response.status === 401) leave(); })
      .catch(() => { /* no connection: the note stays, and the next press tries again */ });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-session-stay]")) stay();
    if (event.target.closest("[data-session-leave]")) leave();
  });
  document.addEventListener("input", () => { typed = true; });
  document.addEventListener("submit", () => { typed = false; });
  document.addEventListener("htmx:configRequest", (event) => { if (event.detail.triggeringEvent) use(); });
  document.addEventListener("session:used", use); // lesson.js and quiz.js report what was really done
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  setInterval(look, 10000);
  use();
})();
