/* The lesson page. Another lesson comes in place: what was done in the one that is left is reported, its heading gets the
   focus. What was really done in a lesson: time while the page is seen and used, video seconds watched, pages looked at. Sent every
   15 s and when the page goes away. It only reports, always the whole visit so far, so that what is lost, doubled or late does
   no harm; the server decides what counts, and its answer ticks the panel. Clocks: performance.now, which nobody can set. */
(function () {
  "use strict";
  const BEAT = 15000; // ms
  const IDLE = 60000; // without a sign of life for this long, time stops counting; a playing video is a sign of life
  const clock = () => performance.now();
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  let alive = clock();
  let here = null; // what is measured now

  ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "wheel"].forEach((name) =>
    window.addEventListener(name, () => { alive = clock(); }, { passive: true, capture: true }));

  function measure(lesson) {
    const kind = lesson.dataset.kind;
    const video = lesson.querySelector("[data-video]");
    const seen = kind === "pdf" ? new Set() : [];
    let last = clock();
    let active = 0; // ms of activity in this visit
    let told = 0; // of these, reported
    let beat = 0; // number of the last report
    let news = false; // something was seen since the last report
    let busy = false;

    alive = clock();
    const playing = () => video && !video.paused && !video.ended;
    const ticking = setInterval(() => {
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
    let watch = null;
    if (kind === "pdf") {
      const waiting = new Map();
      watch = new IntersectionObserver((entries) => entries.forEach((entry) => {
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
      if (!panel || !html || !lesson.isConnected) return; // another lesson is on the screen by now
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
    const beating = setInterval(report, BEAT);
    const soon = setTimeout(report, 4000); // short lessons should not wait for the first beat
    function stop() {
      farewell();
      [ticking, beating].forEach(clearInterval);
      clearTimeout(soon);
      if (watch) watch.disconnect();
    }
    return { facts, farewell, stop };
  }

  function begin() {
    if (here) here.stop();
    const lesson = document.getElementById("lesson");
    here = lesson ? measure(lesson) : null;
  }
  document.addEventListener("visibilitychange", () => { if (here && document.visibilityState === "hidden") here.farewell(); });
  window.addEventListener("pagehide", () => { if (here) here.farewell(); });
  /* 'Mark as done' and 'Sign' first report what is owed, so that the last seconds count */
  document.addEventListener("htmx:configRequest", (event) => {
    if (!here || !["finish", "sign"].includes(event.target.id)) return;
    for (const [name, value] of here.facts()) event.detail.parameters[name] = value;
  });
  /* ---- another lesson in place. What is not a lesson page (signed out meanwhile, the course's page) is gone to. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    if (detail.target.id !== "study-page" || detail.xhr.status >= 400) return;
    if (detail.xhr.responseText.includes('id="study-page"')) return;
    detail.shouldSwap = false;
    location.href = detail.xhr.responseURL || detail.pathInfo.requestPath;
  });
  document.addEventListener("htmx:responseError", (event) => { // it says why on a page of its own
    const detail = event.detail;
    if (detail.target.id === "study-page" && detail.requestConfig.verb === "get") location.href = detail.pathInfo.requestPath;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const fresh = document.querySelector("[data-focus]");
    const heading = event.target.id === "study-page" ? event.target.querySelector("h1") : fresh;
    if (event.target.id === "study-page") begin();
    if (!heading) return;
    heading.removeAttribute("data-focus");
    heading.focus({ preventScroll: heading !== fresh });
    if (heading === fresh) heading.scrollIntoView({ block: "center" });
  });
  begin();
})();
