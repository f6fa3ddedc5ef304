/* One sitting: how long it was in front of the learner, what an earlier one could not send, the time a package allows. */
(function () {
  "use strict";
  const space = (window.lmsPlayer = window.lmsPlayer || {});

  /* Seconds for which the page was shown. */
  function makeClock() {
    let shown = 0, since = document.visibilityState === "visible" ? performance.now() : 0;
    return {
      seconds: () => Math.round((shown + (since ? performance.now() - since : 0)) / 1000),
      note(visible) {
        if (visible && !since) since = performance.now();
        else if (!visible && since) {
          shown += performance.now() - since;
          since = 0;
        }
      },
    };
  }

  /* What could not be sent last time goes first, as what it was: part of the sitting it was said in. The content finds
     it again when nothing came between. */
  async function replay(launch, keep, transport, answered) {
    const unsent = keep && (await keep.load());
    if (!unsent || unsent.sitting >= launch.sitting) return;
    const latest = unsent.sitting === launch.sitting - 1;
    if (latest) Object.assign(launch.cmi, unsent.set);
    try {
      const answer = await post(launch.urls.commits, unsent);
      keep.clear();
      answered(answer);
    } catch {
      if (latest) Object.entries(unsent.set).forEach(([name, value]) => transport.set(name, value));
    }
  }

  async function post(address, unsent) {
    const before = unsent.earlier || [];
    for (const [at, set] of before.entries()) await letter(address, unsent, { seq: unsent.seq + 1 + at, how: "set", set });
    return letter(address, unsent, { seq: unsent.seq + 1 + before.length, how: unsent.finish ? "finish" : "set", set: unsent.set });
  }
  async function letter(address, unsent, said) {
    const response = await fetch(address, {
      method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit", signal: AbortSignal.timeout(5000),
      body: JSON.stringify({ sitting: unsent.sitting, session_seconds: unsent.seconds, ...said }),
    });
    if (!response.ok) throw new Error("not taken");
    return response.json();
  }
  /* The same for earlier openings of the attempt, which the server names: a browser that was closed without a network
     is opened again by the lesson's page, not by the old address. True: something arrived, and the launch reads anew. */
  async function replayEarlier(launch) {
    let arrived = false;
    for (const place of launch.earlier || []) {
      const keep = await space.makeKeep(place).catch(() => null);
      const unsent = keep && (await keep.load());
      if (!unsent) continue;
      try {
        await post(place + "commits", unsent);
        keep.clear();
        arrived = true;
      } catch { /* it stays, for the next time */ }
    }
    return arrived;
  }

  /* `over(words, leaves)` once the time is up: which words to show ('' for none), and whether the lesson closes. */
  function limitTime(launch, seconds, over) {
    const old = launch.edition === "1.2";
    const most = space.duration(launch.cmi[old ? "cmi.student_data.max_time_allowed" : "cmi.max_time_allowed"]);
    const action = launch.cmi[old ? "cmi.student_data.time_limit_action" : "cmi.time_limit_action"] || "continue,no message";
    if (!most || launch.mode !== "normal") return;
    const spent = space.duration(launch.cmi[old ? "cmi.core.total_time" : "cmi.total_time"]);
    const timer = setInterval(() => {
      if (spent + seconds() < most) return;
      clearInterval(timer);
      const leaves = action.startsWith("exit");
      over(/,\s*message$/.test(action) ? (leaves ? "time_over_exit" : "time_over") : "", leaves);
    }, 1000);
  }
  Object.assign(space, { makeClock, replay, replayEarlier, limitTime });
})();
