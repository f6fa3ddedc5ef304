/* The page around the player's frame. What comes from the frame is another host's word: it may show a state and ask to
   leave, nothing else. Leaving first lets the frame save. Presses within the frame count as use of this page, too. */
(function () {
  "use strict";
  const frame = document.querySelector("[data-player]");
  if (!frame) return;
  const bar = document.querySelector("[data-player-state]");
  const said = document.querySelector("[data-player-said]");
  const origin = frame.dataset.origin;
  const PATIENCE = 12000; // ms for the frame to save before we go without its answer
  const STAY = 240000;
  const SILENCE = 15000;
  let there = false, waiting = 0, unsaved = false, gone = false;

  const address = new URL(frame.dataset.src);
  address.searchParams.set("lang", document.documentElement.lang);
  if (document.documentElement.dataset.theme) address.searchParams.set("theme", document.documentElement.dataset.theme);
  if ("alone" in frame.dataset) {
    gone = true;
    location.replace(address.href);
    return;
  }
  frame.src = address.href;

  function show(state, words) {
    bar.dataset.playerState = state;
    if (words) said.textContent = words;
  }
  /* A network that blocks the other host gives an empty frame and no error: silence is all there is to see. */
  const stuck = document.querySelector("[data-stuck]");
  const silence = setTimeout(() => { stuck.hidden = false; }, SILENCE);
  function heardOf() {
    clearTimeout(silence);
    stuck.hidden = true;
  }
  function leave() {
    gone = true;
    clearTimeout(waiting);
    location.assign(frame.dataset.back);
  }
  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const heard = event.data;
    if (!heard || typeof heard !== "object" || heard.lms !== "player" || typeof heard.said !== "string") return;
    heardOf();
    if (heard.said === "ready") there = true;
    else if (heard.said === "saved") {
      unsaved = false;
      show("saved", said.dataset.saved);
    } else if (heard.said === "unsaved") {
      unsaved = heard.calm !== true && heard.refused !== true;
      if (heard.refused === true) show("refused", said.dataset.refused);
      else show(unsaved ? "unsaved" : "saving", unsaved ? said.dataset.unsaved : said.dataset.saving);
      if (heard.stuck === true) clearTimeout(waiting); // the frame says what to do
    } else if (heard.said === "done") bar.dataset.done = "";
    else if (heard.said === "exit") leave();
  });
  document.addEventListener("click", (event) => {
    const exit = event.target.closest("[data-exit]");
    if (!exit || !there || !frame.contentWindow) return;
    event.preventDefault();
    frame.contentWindow.postMessage({ lms: "page", ask: "exit" }, origin);
    clearTimeout(waiting);
    waiting = setTimeout(leave, PATIENCE);
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved && !gone) event.preventDefault(); });

  /* ---- a press in the frame is one on this page as well: the browser itself tells, no message can */
  let used = false;
  setInterval(() => { used = used || Boolean(navigator.userActivation && navigator.userActivation.isActive); }, 4000);
  setInterval(() => {
    if (!used || !frame.dataset.stay) return;
    used = false;
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    fetch(frame.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true" } }).catch(() => { /* the content goes on without */ });
  }, STAY);
})();
