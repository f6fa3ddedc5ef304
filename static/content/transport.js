/* What the content said, on its way to the server. Everything not acknowledged is sent again with the next commit, in the
   order (sitting, seq); the server throws away what it has. No page, no library: fetch, beacon and storage are given. */
(function () {
  "use strict";
  const space = (window.lmsPlayer = window.lmsPlayer || {});
  const SOON = 600; // ms after the first of several values; a change of status does not wait
  const MOST = 60000; // bytes: beacons and keepalive share 65,536 bytes in flight
  const BACK_OFF = [1000, 2000, 4000, 8000, 15000, 30000];
  const HUNG = 20000; // ms: a request without an answer is given up and tried again
  const WEIGHT = { set: 0, commit: 1, finish: 2 };
  const FIRST = [/(status|score\.\w+|progress_measure)$/, /(location|\.exit|session_time)$/, /objectives/, /interactions/];
  const REACHED = /^(completed|passed)$/;
  const URGENT = /^cmi\.(core\.lesson_status|completion_status|success_status)$/;

  const bytes = (text) => new TextEncoder().encode(text).length;
  function rank(name) {
    if (/suspend_data$/.test(name)) return FIRST.length + 1;
    if (/^cmi\.(objectives|interactions)/.test(name)) return name.startsWith("cmi.o") ? 2 : 3;
    const found = FIRST.findIndex((one) => one.test(name));
    return found < 0 ? FIRST.length : found;
  }
  const inOrder = (map) => Array.from(map).sort((a, b) => rank(a[0]) - rank(b[0]));

  function makeTransport(given) {
    const owed = new Map(); // element -> {value, turn, due}
    const earlier = []; // what was committed as done, and said otherwise before it arrived: goes first, as it was
    let turn = 0, seq = given.seq || 0, tries = 0;
    let finish = false, nav = "", navTurn = 0, blob = null, blobTurn = 0;
    let busy = false, wanted = null, timer = 0, soon = 0, urgentAsked = false;
    let leaving = false, refused = false, state = "saved", asides = 0;
    const waiting = [];
    const later = given.later || ((what, ms) => setTimeout(what, ms));

    const anything = () => owed.size > 0 || earlier.length > 0 || finish || Boolean(nav) || Boolean(blob);
    function show(next) {
      if (next === state) return;
      state = next;
      given.onState(state);
    }
    function settle() {
      if (busy || anything()) return;
      if (given.keep) given.keep.clear();
      waiting.splice(0).forEach((done) => done(true));
    }
    function plain(how, entries) {
      seq += 1;
      const said = { sitting: given.sitting, seq, how, set: {}, session_seconds: given.seconds() };
      for (const [name, one] of entries) said.set[name] = one.value;
      return said;
    }
    function letter(how, entries) {
      const said = plain(how, entries);
      if (blob) said.sequencing = blob;
      if (nav) said.nav = nav;
      return said;
    }
    const strongest = (how) => (finish ? "finish" : how);

    /* ---- the ordinary way: one request at a time, tried again until it is answered */
    async function send(how) {
      clearTimeout(soon);
      soon = 0;
      if (refused) return;
      if (leaving) return void leave();
      for (const one of owed.values()) one.due = true;
      if (busy) {
        if (!wanted || WEIGHT[how] > WEIGHT[wanted]) wanted = how;
        return;
      }
      clearTimeout(timer);
      busy = true;
      wanted = null;
      const first = earlier[0];
      const sent = first ? { first, entries: first, finish: false, navTurn: -1, blobTurn: -1 } : { entries: inOrder(owed), finish, navTurn, blobTurn };
      const text = JSON.stringify(first ? plain("set", first) : letter(strongest(how), sent.entries));
      if (first) wanted = how;
      if (state === "saved") show("saving");
      const small = tries === 0 && bytes(text) <= MOST;
      let answer = null, status = 0;
      try {
        const response = await given.fetch(given.urls.commits, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: text,
          keepalive: small,
          credentials: "omit",
          cache: "no-store",
          signal: AbortSignal.timeout(HUNG),
        });
        status = response.status;
        answer = await response.json().catch(() => null);
      } catch { /* not reached: status stays 0 */ }
      busy = false;
      answered(status, answer, sent);
    }
    function answered(status, answer, sent) {
      if (status >= 200 && status < 300 && answer && answer.ok) return taken(answer, sent);
      if ([401, 403, 404, 410].includes(status)) return refuse(status, answer);
      if ([400, 413, 422].includes(status)) return setAside(status, answer, sent);
      failed();
    }
    function taken(answer, sent) {
      tries = asides = 0;
      for (const [name, one] of sent.entries) if (owed.get(name) === one) owed.delete(name);
      const heard = new Set(sent.entries.map(([, one]) => one));
      const still = earlier.filter((few) => few.some(([name, one]) => URGENT.test(name) && !heard.has(one)));
      earlier.splice(0, earlier.length, ...still);
      if (sent.finish) finish = false;
      if (sent.navTurn === navTurn) nav = "";
      if (sent.blobTurn === blobTurn) blob = null;
      given.onAnswer(answer);
      if (wanted || anything()) send(wanted || "set");
      else show("saved");
      settle();
    }
    function failed() {
      show("unsaved");
      const wait = BACK_OFF[Math.min(tries, BACK_OFF.length - 1)];
      tries += 1;
      wanted = null;
      if (given.keep) given.keep.save(kept());
      timer = later(() => send("set"), wait);
    }
    function refuse(status, answer) {
      refused = true;
      show("refused");
      given.onRefused(status, (answer && answer.words) || "");
      waiting.splice(0).forEach((done) => done(false));
    }
    /* A letter the server cannot take must not block the ones after it: the largest value is left out, and said so; when
       that does not help a few times, all but the status and place are. */
    function setAside(status, answer, sent) {
      asides += 1;
      if (sent.first) {
        earlier.shift();
        return void send("set");
      }
      let out = sent.entries.filter(([name]) => asides > 6 || rank(name) >= 2);
      if (asides <= 4 || !out.length) out = sent.entries.slice().sort((a, b) => b[1].value.length - a[1].value.length).slice(0, 1);
      given.onSetAside(out.length ? out[0][0] : "", status, (answer && answer.words) || "");
      for (const [name, one] of out) if (owed.get(name) === one) owed.delete(name);
      if (!out.length) {
        if (sent.blobTurn === blobTurn) blob = null;
        if (sent.navTurn === navTurn) nav = "";
        finish = false;
      }
      if (anything()) return void send("set");
      show("saved");
      settle();
    }
    const values = (entries) => Object.fromEntries(entries.map(([name, one]) => [name, one.value]));
    const kept = () => ({
      sitting: given.sitting, seq, finish, seconds: given.seconds(),
      earlier: earlier.map(values), set: values(Array.from(owed)),
    });

    /* ---- the page goes away: what fits, the status first, by beacon. It may come twice; the server knows. */
    function leave(closing) {
      if (refused || !(anything() || closing)) return true;
      for (const one of earlier) given.beacon(given.urls.commits, JSON.stringify(plain("beacon", one)));
      const entries = inOrder(owed);
      const whole = entries.slice(0, fitting(entries));
      const how = finish ? "finish" : "beacon";
      if (given.beacon(given.urls.commits, JSON.stringify(letter(how, whole)))) return whole.length === entries.length;
      const few = entries.filter(([name]) => rank(name) < 2);
      if (given.beacon(given.urls.commits, JSON.stringify(letter(how, few)))) return few.length === entries.length;
      given.fetch(given.urls.commits, {
        method: "POST", headers: { "Content-Type": "text/plain" }, keepalive: true, credentials: "omit",
        body: JSON.stringify(letter(how, few)),
      }).catch(() => { /* the queue in storage is what is left */ });
      return false;
    }
    function fitting(entries) {
      let size = 300 + (blob ? bytes(JSON.stringify(blob)) : 0);
      if (size > MOST) { // status before everything else: a tree that does not fit stays at home
        blob = null;
        size = 300;
      }
      for (let at = 0; at < entries.length; at += 1) {
        size += bytes(JSON.stringify(entries[at][0]) + JSON.stringify(entries[at][1].value)) + 2;
        if (size > MOST) return at;
      }
      return entries.length;
    }

    /* ---- what the run-time calls */
    function set(name, value) {
      turn += 1;
      const before = owed.get(name);
      if (before && before.due && URGENT.test(name) && REACHED.test(before.value) && before.value !== String(value)) {
        earlier.push(inOrder(owed).filter(([one]) => rank(one) === 0));
      }
      owed.set(name, { value: String(value), turn });
      if (refused) return;
      if (state === "saved") show("saving");
      if (tries && given.keep) given.keep.save(kept());
      if (URGENT.test(name) || leaving) urgently();
      else if (!soon && !tries) soon = setTimeout(() => send("set"), SOON);
    }
    function urgently() { // after the content's own turn, so that status and score travel together
      if (urgentAsked) return;
      urgentAsked = true;
      queueMicrotask(() => {
        urgentAsked = false;
        if (anything()) send("set");
      });
    }
    const reached = () => !refused && tries === 0 && given.online();
    function commit(how) {
      if (how === "finish") finish = true;
      if (leaving) return leave(true);
      if (anything() || how === "finish") {
        if (tries && given.keep) given.keep.save(kept());
        send(how);
      }
      return reached() || !(anything() || busy);
    }
    return {
      set,
      commit,
      leave,
      reached,
      state: () => state,
      seq: () => seq,
      owes: anything,
      ask(request) { nav = request; navTurn += 1; },
      sequence(data) { blob = data; blobTurn += 1; },
      away(is) { leaving = is; },
      again() { if (!busy && anything() && !refused) { clearTimeout(timer); send("set"); } },
      /* Resolves true once everything is acknowledged, false when it is not within so many ms or the server refuses. */
      settled(ms) {
        if (!busy && !anything()) return Promise.resolve(true);
        if (refused) return Promise.resolve(false);
        return new Promise((resolve) => {
          waiting.push(resolve);
          setTimeout(() => resolve(false), ms);
          if (!busy) { clearTimeout(timer); send("commit"); }
        });
      },
    };
  }
  Object.assign(space, { makeTransport, rank });
})();
