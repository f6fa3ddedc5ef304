/* Talks to whoever plays this package, in SCORM 1.2 or 2004; without one it is silent. */
window.lms = (() => {
  function find(name) {
    for (const start of [window, window.opener]) {
      let here = start;
      for (let n = 0; here && n < 20; n += 1) {
        try {
          if (here[name]) return here[name];
          if (here.parent === here) break;
          here = here.parent;
        } catch (closed) { break; }
      }
    }
    return null;
  }
  const is2004 = document.documentElement.dataset.edition === "2004";
  const api = find(is2004 ? "API_1484_11" : "API");
  const begun = Date.now();
  let open = false;
  const call = (old, now, ...given) => (api ? String(api[is2004 ? now : old](...given)) : "");
  const get = (element) => call("LMSGetValue", "GetValue", element);
  const set = (element, value) => call("LMSSetValue", "SetValue", element, String(value));
  const commit = () => call("LMSCommit", "Commit", "");
  const two = (n) => String(n).padStart(2, "0");
  function spent() {
    const s = Math.round((Date.now() - begun) / 1000);
    if (is2004) return `PT${s}S`;
    return `${String(Math.floor(s / 3600)).padStart(4, "0")}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  }
  return {
    begin() {
      call("LMSInitialize", "Initialize", "");
      open = true;
      const status = get(is2004 ? "cmi.completion_status" : "cmi.core.lesson_status");
      if (["not attempted", "unknown", ""].includes(status)) set(is2004 ? "cmi.completion_status" : "cmi.core.lesson_status", "incomplete");
      return { place: get(is2004 ? "cmi.location" : "cmi.core.lesson_location"), status };
    },
    place(value, share) {
      set(is2004 ? "cmi.location" : "cmi.core.lesson_location", value);
      if (is2004) set("cmi.progress_measure", share.toFixed(2));
      commit();
    },
    answered(n, id, given, right) {
      const at = `cmi.interactions.${n}.`;
      set(`${at}id`, id);
      set(`${at}type`, "choice");
      set(at + (is2004 ? "learner_response" : "student_response"), given);
      set(`${at}result`, right ? "correct" : (is2004 ? "incorrect" : "wrong"));
    },
    scored(percent, passed) {
      if (is2004) {
        set("cmi.score.scaled", (percent / 100).toFixed(2));
        set("cmi.success_status", passed ? "passed" : "failed");
        set("cmi.completion_status", "completed");
      }
      const score = is2004 ? "cmi.score." : "cmi.core.score.";
      set(`${score}min`, 0);
      set(`${score}max`, 100);
      set(`${score}raw`, percent);
      if (!is2004) set("cmi.core.lesson_status", passed ? "passed" : "failed");
      commit();
    },
    completed() {
      set(is2004 ? "cmi.completion_status" : "cmi.core.lesson_status", "completed");
      commit();
    },
    end(finished) {
      if (!open) return;
      open = false;
      set(is2004 ? "cmi.session_time" : "cmi.core.session_time", spent());
      set(is2004 ? "cmi.exit" : "cmi.core.exit", finished ? (is2004 ? "normal" : "") : "suspend");
      commit();
      call("LMSFinish", "Terminate", "");
    },
  };
})();
