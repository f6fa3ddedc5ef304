/* The wrapper around a package: its run-time, its transport, its outline and its end. Only this file knows the page.
   Content runs beside it on the same host and may do anything here; what it may reach is decided elsewhere. */
(async function () {
  "use strict";
  const space = window.lmsPlayer;
  const $ = (name) => document.querySelector("[data-" + name + "]");
  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const launch = json("launch"), words = json("words"), files = document.body.dataset;
  const BEAT = 30000, PATIENCE = 8000;
  const framed = window.parent !== window;
  const application = new URL(launch.urls.lms_origin, location.href).origin;
  const tell = (said, more) => { if (framed) window.parent.postMessage({ lms: "player", said, ...more }, application); };
  const here = launch.items.find((one) => one.id === launch.item) || { id: launch.item, title: launch.title };
  const parts = space.played(launch.items).filter((one) => one.visible !== false || one.id === launch.item);
  const several = parts.length > 1;
  let engined = launch.edition === "2004";
  const heard = { item: null, over: "", may: null };
  let frame = null, leaving = false, going = false, reached = false, done = launch.done, told = launch.done, refused = false;

  const clock = space.makeClock();
  const seconds = clock.seconds;

  const { showSaved, notice } = space.makeSaying($, words, tell);
  const quiet = [words.close, () => notice("")];

  const keep = await space.makeKeep(location.pathname).catch(() => null);
  const transport = space.makeTransport({
    urls: launch.urls, sitting: launch.sitting, seconds, keep,
    fetch: window.fetch.bind(window),
    beacon: (url, text) => navigator.sendBeacon(url, new Blob([text], { type: "text/plain;charset=UTF-8" })),
    online: () => navigator.onLine !== false,
    onState: showSaved, onAnswer: answered, onRefused, onSetAside,
  });
  function onRefused(status, said) {
    refused = true;
    notice((said || words.refused_now) + " " + words.read_only, framed || launch.urls.lesson ? [[words.back, depart]] : [], true);
  }
  function onSetAside(name, _status, said) {
    notice(words.set_aside.replace("{name}", name || "–") + (said ? " " + said : ""), [quiet], true);
  }

  /* ---- the server's answers */
  function answered(answer) {
    if (answer.superseded) notice(words.superseded, [quiet]);
    Object.entries(answer.refused || {}).slice(0, 1).forEach(([name, reason]) => onSetAside(name, 200, reason));
    if (answer.completion) here.completion = answer.completion;
    if (answer.success) here.success = answer.success;
    if (answer.done && !done) {
      done = true;
      tell("done", { course: Boolean(answer.course_done) });
    }
    redraw();
    if (going) return;
    if (done && !told) {
      told = true;
      end.show("done", { seconds: launch.close_after });
    } else if (reached && !told && answer.done === false && !transport.owes()) partDone();
  }
  function partDone() {
    reached = false;
    end.show(several ? "part_done" : "unmet", { next: several && Boolean(nextPart()) });
  }
  function ended() { // content said Finish or Terminate
    if (engined && heard.item && heard.item !== launch.item) return void move(heard.item);
    if (engined && heard.over && heard.over !== "end_of_content") return void exit();
    transport.settled(PATIENCE).then((saved) => {
      if (going) return;
      if (!saved) return notice(words.unsaved_end, []);
      if (done && told && !launch.done) return end.again("done", { seconds: launch.close_after });
      const next = several && Boolean(nextPart());
      end.show(launch.mode !== "normal" ? "looked" : next ? "part_left" : "left", { next, leaves: !next });
    });
  }

  /* ---- the outline, and moving within it */
  const end = space.makeEnd($("end"), $("said"), words, {
    exit, next: () => goOn(1),
    stay: () => { if (frame) frame.focus(); },
  });
  const outline = space.makeOutline($("outline"), $("outline-toggle"), words, files.sprite, choose);
  function why(id) {
    if (id === launch.item) return "";
    if (!engined) {
      const one = launch.items.find((item) => item.id === id);
      const { met, missing } = space.prerequisites(one && one.prerequisites, launch.items);
      return met ? "" : missing.length ? words.first.replace("{titles}", missing.join(", ")) : words.locked;
    }
    return heard.may && heard.may.choice[id] === "false" ? words.locked : "";
  }
  function nextPart() {
    const order = space.plainOrder(launch);
    if (engined && heard.may && heard.may.continue) {
      const seen = runTime && runTime.begun() ? runTime.library().previewNavigationRequest("continue") : null;
      if (!seen || seen.outcome === "unknown") return "continue";
      return seen.outcome === "allowed" && !seen.endSequencingSession ? "continue" : null;
    }
    return order.next && (!why(order.next) || reachedHere()) ? order.next : null;
  }
  function previousPart() {
    const order = space.plainOrder(launch);
    if (engined && heard.may && heard.may.previous) return "previous";
    return order.previous && !why(order.previous) ? order.previous : null;
  }
  const reachedHere = () => space.isDone(here) || here.success === "failed";
  function redraw() {
    if (!several) return;
    outline.draw(launch.items, launch.item, why);
    const hidden = here.hide_ui || [];
    for (const [name, to, token] of [["previous", previousPart(), "previous"], ["next", nextPart(), "continue"]]) {
      $(name).hidden = hidden.includes(token);
      $(name).setAttribute("aria-disabled", String(!to));
    }
  }
  function goOn(step) {
    const to = step > 0 ? nextPart() : previousPart();
    if (!to) return;
    if (to === "continue" || to === "previous") askEngine(to);
    else if (engined) askEngine("choice", to);
    else move(to);
  }
  function choose(id, locked) {
    if (locked && !(engined && reachedHere())) return notice(why(id), [quiet]);
    outline.shut();
    if (engined) askEngine("choice", id);
    else move(id);
  }
  async function askEngine(request, target) {
    if (going) return;
    heard.item = null;
    heard.over = "";
    going = true; // what content says while it is taken away is carried out here, not there
    engine.prepare(request, target);
    await closeContent();
    if (!heard.item && !heard.over) engine.ask(request, target);
    going = false;
    if (heard.item) return void move(heard.item);
    if (heard.over) return void exit();
    move(launch.item, "#locked");
  }
  async function move(id, mark) {
    if (going) return;
    going = true;
    notice("");
    end.forget();
    await closeContent();
    document.body.classList.add("is-moving");
    if (engined) transport.sequence(engine.blob());
    const again = () => { going = false; move(id, mark); };
    if (!(await transport.settled(PATIENCE)) && !refused) return notice(words.not_moved, [[words.try_again, again], [words.leave_anyway, depart]], true);
    try {
      const response = await fetch(launch.urls.items, {
        method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit",
        body: JSON.stringify({ item: id, sequencing: engined ? engine.blob() : null }), signal: AbortSignal.timeout(15000),
      });
      const answer = await response.json().catch(() => null);
      if ([403, 404, 422].includes(response.status)) {
        return notice((answer && answer.words) || words.locked_back, [[words.stay_here, () => location.reload()], [words.back, depart]], true);
      }
      if (!response.ok || !answer || !answer.token) throw new Error("not opened");
      moved = true;
      tell("item", { item: id, launch: answer.launch_id || null });
      location.replace("/c/" + answer.token + "/" + location.search + (mark || ""));
    } catch {
      notice(words.not_moved, [[words.try_again, again], [words.leave_anyway, depart]], true);
    }
  }
  let moved = false;

  /* ---- the way out */
  async function exit() {
    if (going) return;
    going = true;
    end.busy(true);
    const over = !runTime || runTime.ended();
    const way = space.isDone(here) ? "exit" : "suspendAll"; // a part that is done is over, so that others may open by it
    if (engine && engine.leaf() && !heard.over) engine.prepare(way);
    await closeContent();
    if (engine) {
      if (engine.active() && !heard.over) engine.ask(way);
      transport.sequence(engine.blob());
    }
    if (!over && !runTime.ended()) transport.ask("exit"); // the learner leaves; the content did not end by itself
    const saved = await transport.settled(PATIENCE);
    if (saved || refused) return depart();
    going = false;
    end.busy(false);
    tell("unsaved", { stuck: true });
    notice(words.not_left, [[words.try_again, exit], [words.leave_anyway, depart]], true);
    transport.settled(600000).then((late) => { if (late && !moved && !going) depart(); });
  }
  function depart() {
    transport.leave(true);
    moved = true;
    if (framed) return tell("exit");
    if (launch.urls.lesson) return location.replace(launch.urls.lesson);
    window.close();
    notice(words.close_window, []);
  }

  /* ---- the content */
  /* Led away rather than torn out: content that reports in beforeunload, pagehide or unload does so now. */
  function closeContent() {
    const old = frame;
    frame = null;
    if (!old) return Promise.resolve();
    return new Promise((resolve) => {
      const gone = () => { old.remove(); resolve(); };
      old.addEventListener("load", gone, { once: true });
      setTimeout(gone, 700);
      old.src = "about:blank";
    });
  }
  function openContent() {
    const base = new URL(launch.urls.files, location.href);
    const address = new URL(launch.href, base);
    if (!address.href.startsWith(base.href)) return notice(words.elsewhere, [], true);
    frame = document.createElement("iframe");
    frame.className = "content";
    frame.title = here.title || launch.title;
    frame.allow = "unload; fullscreen; autoplay";
    frame.addEventListener("load", () => { if (frame) { end.watch(frame); tell("ready"); } });
    frame.src = address.href;
    $("stage").append(frame);
  }
  const page = () => { try { return frame && frame.contentDocument; } catch { return null; } };

  /* ---- putting it together */
  let runTime = null, engine = null, first = null;
  function assemble(library) {
    const told = {
      delivered: (id) => { heard.item = id; },
      ended: (reason) => { heard.over = reason; },
      allowed: (may) => { heard.may = may; },
    };
    runTime = space.makeRunTime(launch, library, transport, {
      settings: engined ? space.engineSettings(launch, told) : {},
      sequenced: engined && several,
      leaving: () => leaving,
      page,
      onBegin: () => { redraw(); tell("ready"); },
      onEnd: () => {
        if (engine) transport.sequence(engine.blob());
        if (!going && !leaving) setTimeout(ended, 0);
      },
      onSet: (name, _value, isReached) => {
        if (isReached) reached = true;
        if (engine && /^adl\.data|^cmi\.(completion|success)_status$/.test(name)) transport.sequence(engine.blob());
      },
    });
    engine = engined ? space.makeEngine(launch, runTime.library) : null;
    first = engine ? engine.begin() : null;
    heard.item = null;
    heard.over = "";
  }
  showSaved("saved");
  try {
    const library = await import(files.library);
    if (await space.replayEarlier(launch)) return location.reload();
    await space.replay(launch, keep, transport, answered);
    try {
      assemble(library);
    } catch (error) { // a tree the engine does not take: better played in the order of the outline than not at all
      if (!engined) throw error;
      console.warn("played without sequencing", error);
      engined = false;
      assemble(library);
    }
  } catch (error) {
    console.warn("the run-time could not be set up", error);
    return notice(words.no_library, [[words.try_again, () => location.reload()]], true);
  }
  if (first && first !== launch.item) return void move(first);
  if (engine) transport.sequence(engine.blob());
  window[runTime.object] = runTime.face; // before there is a frame: content looks for it at once
  $("bar").hidden = framed && !several;
  $("outline-toggle").hidden = $("previous").hidden = $("next").hidden = !several;
  if (!several) document.body.classList.remove("with-outline");
  $("outline").hidden = $("outline").hidden || !several;
  $("part-title").textContent = several ? here.title : launch.title;
  $("bar-exit").hidden = $("saved-line").hidden = framed; // the page around the frame shows both
  if (location.hash === "#locked") notice(words.locked_back, [quiet]);
  redraw();
  openContent();
  space.limitTime(launch, seconds, (text, leaves) => {
    if (text) notice(words[text], leaves ? [] : [quiet], true);
    if (leaves) setTimeout(exit, text ? 8000 : 0);
  });

  $("previous").addEventListener("click", () => goOn(-1));
  $("next").addEventListener("click", () => goOn(1));
  $("bar-exit").addEventListener("click", exit);
  window.addEventListener("message", (event) => {
    const said = event.data;
    if (event.source !== window.parent || event.origin !== application || !said || said.lms !== "page") return;
    if (said.ask === "exit") exit();
  });

  /* ---- the page comes and goes */
  document.addEventListener("visibilitychange", () => {
    const visible = document.visibilityState === "visible";
    clock.note(visible);
    if (!visible) transport.leave();
    transport.again();
    if (visible) beat();
  });
  /* What is known goes first. Then the content is taken out while this page still runs: its unload is heard here and
     now, instead of in what time the browser has left for frames once their page is gone. */
  window.addEventListener("pagehide", (event) => {
    leaving = true;
    transport.away(true);
    if (!moved) transport.leave(true);
    if (event.persisted || !frame) return;
    const old = frame;
    frame = null;
    old.remove();
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    transport.away(false);
    transport.again();
  });
  window.addEventListener("online", () => transport.again());
  async function beat() {
    if (document.visibilityState !== "visible" || refused || going) return;
    try {
      const response = await fetch(launch.urls.beats, {
        method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit",
        body: JSON.stringify({ sitting: launch.sitting, session_seconds: seconds() }), signal: AbortSignal.timeout(10000),
      });
      const answer = await response.json().catch(() => null);
      if ([401, 403, 404, 410].includes(response.status)) return onRefused(response.status, answer && answer.words);
      if (answer && answer.superseded) notice(words.superseded, [quiet]);
      transport.again();
    } catch { /* the next beat says it */ }
  }
  setInterval(beat, BEAT);
})();
