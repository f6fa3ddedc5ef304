/* The run-time object that content finds: eight functions over the library of its edition, with the errors the books ask
   for. What content sets goes to the transport as it was said; nothing the library concludes does. */
(function () {
  "use strict";
  const space = (window.lmsPlayer = window.lmsPlayer || {});
  const NOT_KEPT = /^(adl\.|cmi\.core\.(exit|session_time)$|cmi\.(exit|session_time)$)/;
  const SENT = /^(cmi|adl\.data)\./;
  const FAILED = { result: "false", errorCode: 391 };
  const DONE = { result: "true", errorCode: 0 };
  const EDITIONS = {
    "1.2": { object: "API", prefix: "LMS", Library: "Scorm12API", after: "301", status: ["cmi.core.lesson_status"] },
    "2004": { object: "API_1484_11", prefix: "", Library: "Scorm2004API", status: ["cmi.completion_status", "cmi.success_status"] },
  };
  const REACHED = /^(completed|passed)$/;

  /* The values a SCO finds: what was kept, and beside it who learns, how, and what the manifest promises. */
  function found(launch) {
    const cmi = {};
    for (const [name, value] of Object.entries(launch.cmi)) if (!NOT_KEPT.test(name) && value !== "" && value !== null) cmi[name] = String(value);
    const old = launch.edition === "1.2";
    const said = old
      ? { "cmi.core.student_id": launch.learner.id, "cmi.core.student_name": launch.learner.name, "cmi.core.lesson_mode": launch.mode,
          "cmi.core.credit": launch.credit, "cmi.core.entry": launch.entry }
      : { "cmi.learner_id": launch.learner.id, "cmi.learner_name": launch.learner.name, "cmi.mode": launch.mode,
          "cmi.credit": launch.credit, "cmi.entry": launch.entry };
    for (const [name, value] of Object.entries(said)) if (value) cmi[name] = String(value);
    return cmi;
  }
  /* The objectives the manifest names are there from the start (RTE 4.2.17): content looks for them and stops without. */
  function objectives(launch, cmi) {
    const item = launch.items.find((one) => one.id === launch.item);
    const sequencing = (item && item.sequencing) || {};
    const primary = sequencing.primaryObjective || {};
    const names = [primary, ...(sequencing.objectives || [])].map((one) => one.objectiveID);
    const places = Object.entries(cmi).filter(([name]) => /^cmi\.objectives\.\d+\.id$/.test(name));
    const known = new Map(places.map(([name, value]) => [value, name]));
    const stated = {};
    for (const name of names) {
      if (!name || name === "_primary" || name in stated) continue;
      if (!known.has(name)) known.set(name, "cmi.objectives." + known.size + ".id");
      stated[name] = known.get(name);
    }
    const added = Object.fromEntries(Object.entries(stated).map(([value, name]) => [name, value]));
    if (primary.satisfiedByMeasure && !cmi["cmi.scaled_passing_score"]) cmi["cmi.scaled_passing_score"] = String(primary.minNormalizedMeasure);
    return added;
  }

  function makeRunTime(launch, library, transport, given) {
    const edition = EDITIONS[launch.edition];
    const values = found(launch);
    const owedLater = [];
    let lib = null, endedIn = null, wish = "";
    const service = {
      updateSettings() {},
      processHttpRequest(_url, _data, ending) {
        return (ending ? transport.reached() || given.leaving() : transport.commit("commit")) ? DONE : FAILED;
      },
    };
    function make(more) {
      const made = new library[edition.Library]({
        autocommit: false, lmsCommitUrl: "by our own transport", mastery_override: false, selfReportSessionTime: false,
        logLevel: 5, onLogMessage() {}, ...more,
      }, service);
      const added = launch.edition === "2004" ? objectives(launch, values) : {};
      made.loadFromFlattenedJSON({ ...values, ...added }, "");
      for (const [name, value] of Object.entries(added)) if (launch.mode === "normal") owedLater.push([name, value]);
      return made;
    }
    lib = make(given.settings);

    /* Content that begins and ends with each of its pages: the next page may begin again, where the last one left. */
    function revive() {
      if (!endedIn || endedIn === given.page() || given.sequenced) return;
      values[launch.edition === "1.2" ? "cmi.core.entry" : "cmi.entry"] = "resume";
      lib = make(given.settings);
      endedIn = null;
    }
    function fail(code) {
      lib.lastErrorCode = code;
      return "false";
    }
    const over = () => Boolean(endedIn) && Boolean(edition.after);
    const work = {
      Initialize(said) {
        revive();
        const answer = lib.lmsInitialize(said);
        if (answer === "true") {
          owedLater.splice(0).forEach(([name, value]) => transport.set(name, value));
          given.onBegin();
        }
        return answer;
      },
      Finish(said) {
        if (over()) return fail(edition.after);
        const before = lib.isInitialized();
        const page = given.page();
        const answer = lib.lmsFinish(said);
        if (!before || said) return answer;
        if (lib.isTerminated()) endedIn = page || {};
        if (wish) transport.ask(wish);
        given.onEnd(answer === "true"); // first what the engine made of it, so that it travels with the finish
        transport.commit("finish"); // owed even where the answer was "false": it goes out when the server is reached
        return answer;
      },
      GetValue(name) {
        if (over()) return fail(edition.after) && "";
        return lib.lmsGetValue(name);
      },
      SetValue(name, value) {
        if (over()) return fail(edition.after);
        const answer = lib.lmsSetValue(name, value);
        if (answer === "true") noted(String(name), String(value));
        return answer;
      },
      Commit(said) {
        return over() ? fail(edition.after) : lib.lmsCommit(said);
      },
      GetLastError: () => lib.lmsGetLastError(),
      GetErrorString: (code) => lib.lmsGetErrorString(code),
      GetDiagnostic: (code) => lib.lmsGetDiagnostic(code),
    };
    function noted(name, value) {
      if (name === "adl.nav.request") wish = value === "_none_" ? "" : value; // carried out when the content ends
      if (!SENT.test(name)) return;
      if (!NOT_KEPT.test(name)) values[name] = value;
      transport.set(name, value);
      given.onSet(name, value, edition.status.includes(name) && REACHED.test(value));
    }
    const face = launch.edition === "2004" ? { version: "1.0" } : {};
    for (const [name, does] of Object.entries(work)) {
      const called = edition.prefix + (name === "Finish" && !edition.prefix ? "Terminate" : name);
      face[called] = (...said) => does(...said.map((one) => (one === null || one === undefined ? "" : one)));
    }
    return {
      object: edition.object,
      face,
      library: () => lib,
      begun: () => lib.isInitialized(),
      ended: () => Boolean(endedIn),
      finish: () => work.Finish(""),
      value: (name) => values[name] || "",
    };
  }
  /* Seconds of a SCORM 1.2 timespan (HHHH:MM:SS.ss) or a 2004 duration (P1DT2H3M4S); 0 for anything else. */
  function duration(said) {
    const old = /^(\d{2,4}):(\d{2}):(\d{2}(?:\.\d{1,2})?)$/.exec(said || "");
    if (old) return Number(old[1]) * 3600 + Number(old[2]) * 60 + Number(old[3]);
    const iso = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(said || "");
    if (!iso) return 0;
    return [31536000, 2628000, 86400, 3600, 60, 1].reduce((all, each, at) => all + each * Number(iso[at + 1] || 0), 0);
  }
  Object.assign(space, { makeRunTime, duration });
})();
