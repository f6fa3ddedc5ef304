/* What was really done in a lesson: time while the page is seen and used, video seconds watched, pages looked at. Sent every
   15 s and when the page goes away. It only reports, always the whole visit so far, so that what is lost, doubled or late does
   no harm; the server decides what counts, and its answer ticks the panel. Clocks: performance.now, which nobody can set. */
(function () {
  "use strict";
  const lesson = document.getElementById("lesson");
  if (!lesson) return;
  const BEAT = 15000; // ms
  const IDLE = 60000; // without a sign of life for this long, time stops counting; a playing video is a sign of life
  const kind = lesson.dataset.kind;
  const video = lesson.querySelector("[data-video]");
  const seen = kind === "pdf" ? new Set() : [];
  const clock = () => performance.now();
  let alive = clock();
  let last = clock();
  let active = 0; // ms of activity in this visit
  let told = 0; // of these, reported
  let beat = 0; // number of the last report
  let news = false; // something was seen since the last report
  let busy = false;

  ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "wheel"].forEach((name) =>
    window.addEventListener(name, () => { alive = clock(); }, { passive: true, capture: true }));
  const playing = () => video && !video.paused && !video.ended;
  setInterval(() => {
    const now = clock();
    const seenHere = document.visibilityState === "visible";
    const used = seenHere && (now - alive < IDLE || playing());
    if (used) active += Math.min(now - last, 2000); // a laptop that slept was not read
    last = now;
    const held = document.getElementById("held");
    if (held) held.hidden = used || !seenHere;
  }, 1000);

  /* ---- video: an interval grows only while it plays; a jump begins a new one */
  if (video) {
    let at = null;
    video.addEventListener("timeupdate", () => {
      const now = video.currentTime;
      const step = now - (at === null ? now : at);
      const current = seen[seen.length - 1];
      if (!video.seeking && step > 0 && step < 2.5 && current && Math.abs(current[1] - at) < 0.05) current[1] = now;
      else if (!video.seeking) seen.push([now, now]);
      at = now;
      news = true;
    });
    video.addEventListener("seeking", () => { at = null; });
    video.addEventListener("ended", () => report());
  }
  /* ---- PDF: a page counts when most of it, or of the screen, has shown it for a second */
  if (kind === "pdf") {
    const waiting = new Map();
    const watch = new IntersectionObserver((entries) => entries.forEach((entry) => {
      const page = Number(entry.target.dataset.page);
      const enough = entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= window.innerHeight * 0.5;
      clearTimeout(waiting.get(page));
      if (enough && !seen.has(page)) waiting.set(page, setTimeout(() => {
        if (document.visibilityState !== "visible") return;
        seen.add(page);
        news = true;
        if (seen.size === lesson.querySelectorAll("[data-page]").length) report();
      }, 1000));
    }), { threshold: [0, 0.1, 0.25, 0.5, 0.75, 1] });
    lesson.querySelectorAll("[data-page]").forEach((page) => watch.observe(page));
  }

  /* ---- reporting */
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const owed = () => Math.floor((active - told) / 1000) > 0 || news;
  function facts() {
    const body = new FormData();
    const list = kind === "pdf" ? Array.from(seen) : seen.filter((one) => one[1] > one[0]).slice(-200).map((one) => one.map((t) => Math.round(t * 100) / 100));
    beat += 1;
    told = active;
    news = false;
    body.append("visit", lesson.dataset.visit);
    body.append("beat", String(beat));
    body.append("seconds", (active / 1000).toFixed(1));
    body.append("seen", JSON.stringify(list));
    return body;
  }
  function report() {
    if (busy || !owed()) return;
    busy = true;
    fetch(lesson.dataset.activity, { method: "POST", body: facts(), headers: { "X-CSRFToken": token(), "HX-Request": "true" } })
      .then((response) => {
        if (response.status !== 200) return;
        document.dispatchEvent(new Event("session:used"));
        return response.text().then(show);
      })
      .catch(() => { news = true; /* the next beat carries it all */ })
      .finally(() => { busy = false; });
  }
  function show(html) {
    const panel = document.getElementById("needed");
    if (!panel || !html) return;
    const focused = panel.contains(document.activeElement) && document.activeElement.matches("button");
    window.htmx.swap(panel, html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
    if (focused) {
      const button = document.querySelector("#needed button, #needed .btn");
      if (button) button.focus();
    }
  }
  function farewell() {
    if (!owed()) return;
    const body = facts();
    body.append("csrf_token", token());
    navigator.sendBeacon(lesson.dataset.activity, body);
  }
  setInterval(report, BEAT);
  setTimeout(report, 4000); // short lessons should not wait for the first beat
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") farewell(); });
  window.addEventListener("pagehide", farewell);
  /* 'Mark as done' and 'Sign' first report what is owed, so that the last seconds count */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id !== "finish") return;
    for (const [name, value] of facts()) event.detail.parameters[name] = value;
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "sign") return;
    for (const [name, value] of facts()) {
      const field = event.target.querySelector(`input[data-beat="${name}"]`) || document.createElement("input");
      Object.assign(field, { type: "hidden", name: name, value: value });
      field.dataset.beat = name;
      event.target.append(field);
    }
  });
})();
