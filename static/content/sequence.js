/* Which part comes next. For SCORM 2004 the library's engine decides, over the tree of the manifest; for 1.2 the order of
   the outline, with prerequisites in the words of AICC scripts. No page here: who asks is told. */
(function () {
  "use strict";
  const space = (window.lmsPlayer = window.lmsPlayer || {});
  const ROOT = "_course";
  const played = (items) => items.filter((one) => one.href !== null && one.href !== undefined && one.kind !== "folder");
  const done = (one) => one.completion === "completed" || one.success === "passed";

  /* ---- SCORM 1.2: prerequisites (aicc_script): a & b, a | b, ~a, (a), a = "passed", a <> "passed", n*{a,b,c} */
  const TOKEN = /\s*(<>|[&|~=(){},*]|"[^"]*"|[^\s&|~=(){},*"<>]+)/y;
  function tokens(script) {
    const found = [];
    TOKEN.lastIndex = 0;
    for (let match; TOKEN.lastIndex < script.length && (match = TOKEN.exec(script));) found.push(match[1]);
    return found;
  }
  const STATUS = {
    passed: (one) => one.success === "passed", failed: (one) => one.success === "failed",
    completed: (one) => one.completion === "completed", browsed: (one) => one.completion === "browsed",
    incomplete: (one) => one.completion === "incomplete",
    "not attempted": (one) => one.completion === "unknown" && one.success === "unknown",
  };
  const SHORT = { p: "passed", f: "failed", c: "completed", b: "browsed", i: "incomplete", n: "not attempted" };
  function prerequisites(script, items) {
    const left = tokens(script || "");
    const missing = [];
    const byId = new Map(items.map((one) => [one.id, one]));
    const under = (id) => items.filter((one) => one.parent === id);
    const finished = (one) => (one.kind === "folder" ? under(one.id).every(finished) : done(one));
    const name = (one) => { if (one && !missing.includes(one.title)) missing.push(one.title); };
    const take = (what) => left[0] === what && left.shift();
    function either() {
      let met = both();
      while (take("|")) { const other = both(); met = other || met; }
      return met;
    }
    function both() {
      let met = one();
      while (take("&")) { const other = one(); met = other && met; }
      return met;
    }
    function one() {
      if (take("~")) return !one();
      if (take("(")) { const met = either(); take(")"); return met; }
      if (/^\d+$/.test(left[0] || "") && left[1] === "*") {
        const need = Number(left.shift());
        left.shift();
        take("{");
        let met = 0;
        do { if (either()) met += 1; } while (take(","));
        take("}");
        return met >= need;
      }
      const item = byId.get(left.shift());
      const wants = take("=") ? true : take("<>") ? false : null;
      if (wants === null) {
        const met = !item || finished(item); // a name that leads nowhere must not lock the course for good
        if (!met) name(item);
        return met;
      }
      const word = (left.shift() || "").replace(/"/g, "").trim().toLowerCase();
      const test = STATUS[SHORT[word] || word];
      const met = !item || !test || test(item) === wants;
      if (!met) name(item);
      return met;
    }
    const met = !left.length || either();
    return { met, missing: met ? [] : missing };
  }

  /* ---- the order of the outline: 1.2, and 2004 where nothing flows */
  function plainOrder(launch) {
    const parts = played(launch.items).filter((one) => one.visible !== false || one.id === launch.item);
    const at = parts.findIndex((one) => one.id === launch.item);
    return {
      previous: at > 0 ? parts[at - 1].id : null,
      next: at >= 0 && at < parts.length - 1 ? parts[at + 1].id : null,
    };
  }

  /* ---- SCORM 2004 */
  function tree(launch) {
    const sequencing = (one) => one.sequencing || {};
    const made = (one) => ({
      ...sequencing(one), id: one.id, title: one.title, isVisible: one.visible !== false, hideLmsUi: one.hide_ui || [],
      ...(one.completion_threshold ? { completionThreshold: one.completion_threshold } : {}),
      children: launch.items.filter((child) => child.parent === one.id).map(made),
    });
    const top = launch.items.filter((one) => !one.parent).map(made);
    return { ...(launch.package_sequencing || {}), id: ROOT, title: launch.title, children: top };
  }
  /* The settings the library is made with. `heard` is told of deliveries, of the end of the session and what is allowed. */
  function engineSettings(launch, heard) {
    return {
      sequencing: {
        activityTree: tree(launch),
        autoRollupOnCMIChange: true,
        logLevel: "error",
        eventListeners: {
          onActivityDelivery: (activity) => heard.delivered(activity.id),
          onSequencingSessionEnd: (how) => heard.ended(how.reason),
          onNavigationValidityUpdate: (may) => heard.allowed(may),
        },
      },
      sequencingStatePersistence: {
        autoLoadOnInitialize: false, autoSaveOn: "never",
        persistence: { saveState: () => Promise.resolve(true), loadState: () => Promise.resolve(null) },
      },
    };
  }
  /* The state of a tree is long and hardly differs from that of a fresh one: only the difference is kept. Lists are
     kept whole where their length changed. `undefined` cannot be in JSON, so a lost key is null in `gone`. */
  function difference(from, to) {
    if (JSON.stringify(from) === JSON.stringify(to)) return undefined;
    const both = [from, to].every((one) => one && typeof one === "object" && Array.isArray(one) === Array.isArray(to));
    if (!both || (Array.isArray(to) && from.length !== to.length)) return { is: to };
    const inside = {};
    const gone = Object.keys(from).filter((name) => !(name in to));
    for (const name of Object.keys(to)) {
      const found = name in from ? difference(from[name], to[name]) : { is: to[name] };
      if (found) inside[name] = found;
    }
    return { in: inside, ...(gone.length ? { gone } : {}) };
  }
  function patched(from, change) {
    if (!change) return from;
    if ("is" in change) return change.is;
    const made = Array.isArray(from) ? from.slice() : { ...from };
    for (const name of change.gone || []) delete made[name];
    for (const [name, one] of Object.entries(change.in || {})) made[name] = patched(from ? from[name] : undefined, one);
    return made;
  }
  function makeEngine(launch, library) {
    const fresh = JSON.parse(library().serializeSequencingState());
    const current = () => library().getSequencingState().currentActivity;
    const leaf = (activity) => activity && !activity.children.length;
    const is = (id) => leaf(current()) && current().id === id;
    const active = () => is(launch.item) && current().isActive;
    const ask = (request, target) => library().processNavigationRequest(request, target);
    const blob = () => ({ kept: "difference", change: difference(fresh, JSON.parse(library().serializeSequencingState())) || { in: {} } });

    /* Before the content begins: what was left is taken up, else begun. Answers the item to be played, null: choose one. */
    function begin() {
      const kept = launch.sequencing;
      const known = kept && kept.change;
      if (known) library().deserializeSequencingState(JSON.stringify(patched(fresh, kept.change)));
      library().adl.nav.request = "_none_";
      if (active()) return launch.item;
      if (!current()) ask("resumeAll");
      if (!current()) ask("start");
      const first = played(launch.items)[0];
      if (!active() && !(!known && first && first.id === launch.item && leaf(current()))) ask("choice", launch.item);
      share();
      return leaf(current()) ? current().id : null;
    }
    /* Stores that parts share (adl.data), as whichever part wrote them last: the server knows, also of other openings. */
    function share() {
      const stores = {};
      for (let n = 0; launch.cmi["adl.data." + n + ".id"]; n += 1) {
        const held = launch.cmi["adl.data." + n + ".store"];
        if (held !== undefined && held !== null) stores[launch.cmi["adl.data." + n + ".id"]] = String(held);
      }
      if (!Object.keys(stores).length || !current()) return;
      library().restoreSharedDataSnapshot({ ...library().captureSharedDataSnapshot(), ...stores });
      library().adl.configureSharedDataMaps(current().sharedDataMaps);
    }
    /* What the learner asks for is put where content would put it, so that ending the content carries it out. */
    function prepare(request, target) {
      try {
        library().adl.nav.request = target ? "{target=" + target + "}" + request : request;
      } catch { /* content is over: the engine is asked afterwards */ }
    }
    return { begin, prepare, ask, blob, active, current: () => (current() ? current().id : null), leaf: () => leaf(current()) };
  }
  Object.assign(space, { difference, patched, prerequisites, plainOrder, engineSettings, makeEngine, played, isDone: done });
})();
