// What a small course does in a frame: the plan of its page, step after step, and what a test asks of it by `sco.play`.
// It knows nothing of the product: it looks for the run-time API as authoring tools do, and calls it.
"use strict";
(() => {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  const modern = plan.edition === "2004";
  const NAME = modern ? "API_1484_11" : "API";
  const OTHER = modern ? "API" : "API_1484_11";
  const CALLS = modern
    ? { init: "Initialize", finish: "Terminate", get: "GetValue", set: "SetValue", commit: "Commit", error: "GetLastError" }
    : { init: "LMSInitialize", finish: "LMSFinish", get: "LMSGetValue", set: "LMSSetValue", commit: "LMSCommit", error: "LMSGetLastError" };
  const E = modern
    ? { place: "cmi.location", state: "cmi.suspend_data", score: "cmi.score.", exit: "cmi.exit", time: "cmi.session_time", entry: "cmi.entry" }
    : { place: "cmi.core.lesson_location", state: "cmi.suspend_data", score: "cmi.core.score.", exit: "cmi.core.exit", time: "cmi.core.session_time", entry: "cmi.core.entry" };

  // ---- finding the API, in the ways that content has

  function climb(win, name) {  // as ADL wrote it: no try, looks at each parent
    for (let tries = 0; !win[name] && win.parent && win.parent !== win; tries += 1) {
      if (tries > 7) { return null; }
      win = win.parent;
    }
    return win[name] || null;
  }

  function carefully(win, name) {
    for (let tries = 0; tries < 50; tries += 1) {
      try {
        if (win[name]) { return win[name]; }
        if (!win.parent || win.parent === win) { return null; }
      } catch (problem) { return null; }
      win = win.parent;
    }
    return null;
  }

  const FINDERS = {
    parents: () => climb(window, NAME) || (window.top.opener ? climb(window.top.opener, NAME) : null),
    careful: () => carefully(window, NAME) || (window.opener ? carefully(window.opener, NAME) : null),
    opener: () => (window.opener ? climb(window.opener, NAME) : null) || climb(window, NAME),
    "other first": () => (climb(window, OTHER) ? null : climb(window, NAME)),
    "until it fails": () => {  // climbs on after the API is found, until another site stops it
      let found = null;
      let win = window;
      for (let tries = 0; tries < 50; tries += 1) {
        try {
          found = win[NAME] || found;
          if (win.parent === win) { return found; }
          win = win.parent;
        } catch (problem) { return found; }
      }
      return found;
    },
  };

  // ---- calling it

  const log = [];
  let api = null;
  let page = 1;
  let begun = false;
  let left = false;
  let started = Date.now();

  function call(name, ...given) {
    const values = given.length ? given : [""];
    const answered = api ? api[CALLS[name]](...values) : "no api";
    log.push([name, ...given, String(answered), api ? String(api[CALLS.error]()) : ""]);
    show();
    return answered;
  }

  const get = (element) => String(call("get", element));
  const set = (element, value) => call("set", element, String(value));

  function big(units) {  // ten UTF-16 units a block: aé😀bcdefg
    return "aé\u{1F600}bcdefg".repeat(Math.floor(units / 10)) + "x".repeat(units % 10);
  }

  function spent(seconds) {
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    const rest = (seconds % 60).toFixed(2);
    const two = (value) => String(value).padStart(2, "0");
    return modern ? `PT${hours}H${minutes}M${rest}S` : `${String(hours).padStart(4, "0")}:${two(minutes)}:${rest.padStart(5, "0")}`;
  }

  function status(word) {
    if (!modern) { set("cmi.core.lesson_status", word); } else if (word === "passed" || word === "failed") {
      set("cmi.success_status", word);
    } else { set("cmi.completion_status", word); }
  }

  function score(raw, max = 100) {
    set(`${E.score}raw`, raw);
    set(`${E.score}min`, 0);
    set(`${E.score}max`, max);
    if (modern) { set(`${E.score}scaled`, raw / max); }
  }

  function interactions(count) {
    for (let n = 0; n < count; n += 1) {
      const at = `cmi.interactions.${n}.`;
      set(`${at}id`, `question-${n}`);
      set(`${at}type`, "choice");
      set(`${at}${modern ? "learner_response" : "student_response"}`, modern ? "a" : "a");
      set(`${at}result`, n % 3 ? "correct" : modern ? "incorrect" : "wrong");
    }
  }

  function objectives(count) {
    for (let n = 0; n < count; n += 1) {
      set(`cmi.objectives.${n}.id`, `goal-${n}`);
      if (modern) { set(`cmi.objectives.${n}.success_status`, n % 2 ? "passed" : "failed"); } else {
        set(`cmi.objectives.${n}.status`, n % 2 ? "passed" : "failed");
      }
      set(`cmi.objectives.${n}.score.raw`, n % 100);
    }
  }

  function ask(words) {  // as Golf: whoever does not want to resume begins anew, and the place is overwritten
    const entry = get(E.entry);
    const kept = get(E.place);
    if (kept && (entry === "resume" || !modern)) {
      if (window.confirm(words)) { page = Number(kept) || 1; } else { page = 1; set(E.place, 1); }
    }
  }

  // ---- playing steps: [name, ...values]; "wait" goes on later, all else happens at once, even while the page goes away

  const STEPS = {
    init: () => call("init"),
    commit: () => call("commit"),
    finish: () => call("finish"),
    get, set, status, score, interactions, objectives, ask,
    place: (value) => set(E.place, value),
    state: (value) => set(E.state, value),
    big: (units) => set(E.state, big(units)),
    exit: (word) => set(E.exit, word),
    spent: (seconds) => set(E.time, spent(seconds)),
    clock: () => set(E.time, spent((Date.now() - started) / 1000)),
    nav: (request) => set("adl.nav.request", request),
    open: (href) => { window.open(href, "content", "width=320,height=240"); },
    "read by sync": (href) => {
      const request = new XMLHttpRequest();
      request.open("GET", href, false);
      request.send();
      log.push(["read by sync", href, String(request.status), ""]);
    },
    close: () => window.close(),
    begin: () => {  // as good content does: it says that it is not done yet, unless it was
      const kept = get(modern ? "cmi.completion_status" : "cmi.core.lesson_status");
      if (["", "unknown", "not attempted"].includes(kept)) { status("incomplete"); }
    },
    last: (steps) => (page >= plan.pages ? play(steps) : ""),
    resume: () => {  // the place is the page, the state belongs to it
      const kept = Number(get(E.place));
      const state = get(E.state);
      if (kept) { page = kept; }
      document.getElementById("state").textContent = String(state.length);
    },
  };

  function play(steps) {
    let result = "";
    for (const [at, step] of steps.entries()) {
      if (step[0] === "wait") {
        return new Promise((done) => { setTimeout(() => done(play(steps.slice(at + 1))), step[1]); });
      }
      result = STEPS[step[0]](...step.slice(1).map((value) => (typeof value === "string" ? value.replaceAll("{page}", page) : value)));
    }
    return result;
  }

  function show() {
    document.getElementById("page").textContent = `${page} / ${plan.pages}`;
    const last = log[log.length - 1];
    document.getElementById("last").textContent = last ? last.map((part) => String(part).slice(0, 40)).join(" · ") : "";
  }

  function turn() {
    if (page >= plan.pages) { return; }
    page += 1;
    play(plan.each);
    if (page === plan.pages) { play(plan.end); }
    show();
  }

  function leave() {
    if (left || !begun) { return; }
    left = true;
    play(plan.leave);
  }

  async function begin() {
    if (plan.wait) { await new Promise((done) => { setTimeout(done, plan.wait); }); }
    try { api = FINDERS[plan.finder](); } catch (problem) { log.push(["find", String(problem.name), ""]); }
    begun = true;
    await play(plan.start);
    if (plan.pages === 1) { await play(plan.end); }
    document.body.dataset.ready = "yes";
    show();
  }

  for (const event of plan.leave_by) { window.addEventListener(event, leave); }
  document.getElementById("next").addEventListener("click", turn);
  document.getElementById("finish").addEventListener("click", () => play(plan.finish));
  document.getElementById("open").addEventListener("click", () => STEPS.open(plan.opens));
  document.getElementById("open").hidden = !plan.opens;
  window.sco = { plan, log, play, turn, get, set, big, call, leave, page: () => page, found: () => Boolean(api) };
  window.addEventListener("load", begin);
})();
