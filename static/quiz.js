/* An attempt: each change is kept here at once, sent, and forgotten only when the server has said that it is saved. One answer is
   on its way at a time, so that a slow one never overtakes a newer one; the revision guards against other windows: the newest
   one wins, and whoever lost is told and may put theirs back. Without script, or with half of it, the form saves. quiz-kinds.js
   reads the answers. */
(function () {
  "use strict";
  if (!window.QuizKinds) return; // it was lost on the way: nobody here could read an answer, so the form saves
  const form = () => document.getElementById("question");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const PLACE = "quiz:" + location.pathname.split("/questions/")[0].split("/review")[0].split("/rework")[0].split("/hand-in")[0];
  const LARGEST_KEPT_ALIVE = 60000; // bytes: a browser refuses more in a request that outlives its page
  const known = {}; // address -> the newest revision given out here
  const held = recall();
  const waiting = held.waiting; // address -> what is not saved yet; survives a closed window
  const lost = held.lost; // address -> what was given here while another window had given a newer answer
  let sending = false;
  let pause = 1000;
  let timer = null;
  let typing = null;
  let afterwards = null; // what waits until everything is saved

  function recall() { // each answer by itself: two windows on different questions do not take each other's away
    const found = { waiting: {}, lost: {} };
    try {
      Object.keys(localStorage).filter((name) => name.startsWith(PLACE + "|")).forEach((name) => {
        const kept = JSON.parse(localStorage.getItem(name)) || {};
        ["waiting", "lost"].forEach((what) => { if (kept[what]) found[what][name.slice(PLACE.length + 1)] = kept[what]; });
      });
    } catch (e) { /* nothing readable */ }
    return found;
  }
  function remember(address) {
    const name = PLACE + "|" + address;
    try {
      if (waiting[address] || lost[address]) return localStorage.setItem(name, JSON.stringify({ waiting: waiting[address], lost: lost[address] }));
      const kept = JSON.parse(localStorage.getItem(name));
      if (!kept || !kept.waiting || kept.waiting.revision <= (known[address] || 0)) localStorage.removeItem(name); // else another window's, newer
    } catch (e) { /* then it lasts as long as this page */ }
  }
  const inThisTab = (address, change) => { // what was saved last, for a page that the server made before it heard of it
    try { return change(sessionStorage, PLACE + "|" + address); } catch (e) { return null; /* storage may be forbidden */ }
  };
  const unsaved = () => Object.keys(waiting).length > 0;

  /* ---- saying how it stands: 'Saved at' only after the server said so */
  function say(text, icon) {
    const place = document.querySelector("[data-saved]");
    if (!place) return;
    const sprite = document.getElementById("toasts").dataset.sprite;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    const span = document.createElement("span");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", sprite + "#" + icon);
    svg.append(use);
    span.textContent = text;
    place.dataset.saved = icon;
    if (place.textContent.trim() !== text || !place.firstElementChild) place.replaceChildren(svg, span);
    else place.firstElementChild.replaceWith(svg);
  }
  function read(text) { // what the server made of a number
    const place = form() && form().querySelector("[data-read]");
    if (place) place.textContent = text || "";
  }
  function count(given) { // the pager shows what the server holds
    const here = document.querySelector(".qpager [aria-current]");
    if (!here) return;
    here.classList.toggle("is-given", given);
    const all = document.querySelectorAll(".qpager a");
    const done = document.querySelectorAll(".qpager .is-given").length;
    document.querySelectorAll("[data-count]").forEach((place) => {
      place.textContent = place.dataset.words.replace("{n}", place.dataset.count === "given" ? done : all.length - done);
    });
  }
  const words = () => (form() ? form().dataset : {});
  const here = (address) => form() && form().dataset.save === address;
  const number = () => Number(form().dataset.revision);

  /* ---- the queue */
  function keep(asked) { // here, before anything else
    const address = asked.dataset.save;
    known[address] = Math.max(known[address] || 0, number()) + 1;
    waiting[address] = { kind: asked.dataset.kind, given: QuizKinds.given(asked), flagged: asked.elements.flagged.value, revision: known[address] };
    asked.elements.seen.value = known[address];
    remember(address);
    say(words().saving, "clock");
  }
  function note(asked) {
    keep(asked);
    pause = 1000;
    clearTimeout(timer);
    timer = null;
    send();
  }
  function send() {
    clearTimeout(typing);
    typing = null;
    const address = Object.keys(waiting)[0];
    if (sending || !address) return;
    const answer = waiting[address];
    const body = new URLSearchParams({ flagged: answer.flagged, revision: answer.revision });
    if (answer.kind === "numeric") body.append("kind", answer.kind);
    answer.given.forEach((key) => body.append("answer", key));
    sending = true;
    const kept = body.toString().length < LARGEST_KEPT_ALIVE;
    fetch(address, { method: "POST", body: body, headers: { "X-CSRFToken": token(), "HX-Request": "true" }, keepalive: kept, signal: patience() })
      .then((response) => heard(address, answer, response), later)
      .finally(() => { sending = false; if (unsaved() && !timer && !typing) send(); });
  }
  function patience() { // after 15 s without an answer there is none
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(), 15000);
    return giveUp.signal;
  }
  function heard(address, answer, response) {
    if (response.status >= 500 || response.status === 429) return later();
    if (response.status === 200 || response.status === 422) {
      document.dispatchEvent(new Event("session:used"));
      return response.json().then((said) => {
        pause = 1000;
        if (response.status === 422) return refused(address, answer, said);
        known[address] = Math.max(known[address] || 0, said.revision);
        if (said.kept) saved(address, answer, said);
        else overtaken(address, answer, said);
        remember(address);
        if (!unsaved()) quiet(said.said);
      }, later);
    }
    say(words().stopped || "", "alert"); // signed out, say: the answer waits here until it is possible again
    return renew().catch(() => null).then(again);
  }
  function renew() { // who has signed in again has another token: it stands in this page as the server makes it now
    return fetch(location.href, { headers: { "X-By-Itself": "1" }, redirect: "manual", signal: patience() }).then((response) => (response.ok ? response.text() : "")).then((text) => {
      const made = new DOMParser().parseFromString(text, "text/html").body.getAttribute("hx-headers");
      if (!made) return;
      document.body.setAttribute("hx-headers", made);
      document.querySelectorAll("[name=csrf_token]").forEach((field) => { field.value = token(); });
    });
  }
  function saved(address, answer, said) {
    if (waiting[address] === answer) delete waiting[address];
    inThisTab(address, (storage, name) => storage.setItem(name, JSON.stringify(answer)));
    if (!here(address)) {
      if (document.getElementById("hand-in")) afterwards = () => location.reload(); // the review was made without it
      return;
    }
    form().dataset.revision = Math.max(number(), said.revision);
    count(answer.given.length > 0);
    if (!waiting[address]) read(said.read);
  }
  function overtaken(address, answer, said) { // another window gave a newer answer
    if (waiting[address] !== answer) { // but here a still newer one was given meanwhile
      waiting[address].revision = known[address] += 1;
      return;
    }
    delete waiting[address];
    lost[address] = answer;
    if (here(address)) take(said);
    conflict();
  }
  function take(said) { // show what the server holds
    known[form().dataset.save] = Math.max(known[form().dataset.save] || 0, said.revision);
    form().dataset.revision = said.revision;
    form().elements.seen.value = said.revision;
    QuizKinds.show(form(), said.given);
    flag(said.flagged);
    count(said.given.length > 0);
    read(said.read);
  }
  function conflict() {
    const place = form() && form().querySelector("[data-conflict]");
    if (place) place.hidden = !lost[form().dataset.save];
  }
  function quiet(text) {
    say(text, "done");
    if (afterwards) { afterwards(); afterwards = null; }
  }
  function refused(address, answer, said) {
    delete waiting[address];
    remember(address);
    say(said.said, "alert");
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: said.said, tone: "bad" } }));
    if (said.over) setTimeout(() => location.assign(said.over), 4000);
  }
  function later() {
    say(words().failed || "", "alert");
    again();
  }
  function again() {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = null; send(); }, pause);
    pause = Math.min(pause * 2, 30000);
  }
  function hurry() {
    clearTimeout(timer);
    timer = null;
    pause = 1000;
    send();
  }
  window.addEventListener("online", hurry);
  window.addEventListener("beforeunload", (event) => { if (unsaved()) { hurry(); event.preventDefault(); } });

  /* ---- another window or device may have gone on: look when this one is looked at again */
  function look() {
    const asked = form();
    if (!asked || unsaved() || document.visibilityState !== "visible") return;
    const address = asked.dataset.save;
    fetch(address + "?kind=" + asked.dataset.kind, { headers: { "HX-Request": "true", "X-By-Itself": "1" } }).then((response) => (response.ok ? response.json() : null)).then((said) => {
      if (!said || !here(address) || unsaved()) return;
      if (said.over) return location.assign(said.over);
      if (said.revision <= Math.max(number(), known[address] || 0)) return;
      take(said);
      say(asked.dataset.elsewhere, "done");
    }).catch(() => { /* no connection: the next look will tell */ });
  }
  document.addEventListener("visibilitychange", () => { if (unsaved()) hurry(); else look(); });
  window.addEventListener("focus", look);
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });

  /* ---- what the reader does */
  const typed = (field) => field.matches("textarea, [type=text]");
  document.addEventListener("change", (event) => {
    if (!form() || event.target.name !== "answer" || !form().contains(event.target)) return;
    const before = waiting[form().dataset.save];
    if (typed(event.target) && !before && QuizKinds.given(form()).join() === (event.target.dataset.last || "")) return;
    note(form());
  });
  document.addEventListener("input", (event) => { // while typing: kept here at each key, sent at each breath
    if (!form() || event.target.name !== "answer" || !typed(event.target) || !form().contains(event.target)) return;
    keep(form());
    event.target.dataset.last = QuizKinds.given(form()).join();
    clearTimeout(timer);
    timer = null;
    pause = 1000;
    clearTimeout(typing);
    typing = setTimeout(send, 800);
  });
  document.addEventListener("answer:given", (event) => { if (event.target === form()) note(form()); });
  function flag(on) {
    const button = form().querySelector("[data-flag]");
    form().elements.flagged.value = on ? "1" : "0";
    if (!button) return;
    button.setAttribute("aria-pressed", String(Boolean(on)));
    button.querySelector("span").textContent = on ? button.dataset.unflag : button.dataset.flag;
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-flag]")) {
      event.preventDefault();
      flag(form().elements.flagged.value !== "1");
      note(form());
    }
    if (!event.target.closest("[data-mine]")) return;
    const address = form().dataset.save;
    QuizKinds.show(form(), lost[address].given);
    delete lost[address];
    conflict();
    note(form());
  });
  document.addEventListener("keydown", (event) => {
    if (!form() || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.target.closest("textarea, select, [type=text]")) return;
    const option = form().querySelectorAll("input[type=radio][name=answer], input[type=checkbox][name=answer]")["abcdefghij".indexOf(event.key.toLowerCase())];
    if (!option) return;
    event.preventDefault();
    option.focus();
    option.click();
  });

  /* ---- leaving a question: what is saved already need not be saved by the form */
  document.addEventListener("htmx:configRequest", (event) => {
    if (form() && event.detail.elt === form()) event.detail.parameters.clean = waiting[form().dataset.save] ? "" : "1";
  });
  document.addEventListener("htmx:beforeSwap", () => { if (unsaved()) hurry(); });

  /* ---- handing in waits for what is not saved yet, then shows the review anew */
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "hand-in") return;
    if (!unsaved()) {
      Object.keys(lost).forEach((address) => { delete lost[address]; remember(address); });
      return Object.keys(known).forEach((address) => inThisTab(address, (storage, name) => storage.removeItem(name)));
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    afterwards = () => location.reload();
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: event.target.dataset.unsaved, tone: "bad" } }));
    hurry();
  }, true);

  /* ---- time is up: the page only asks; the server decides */
  document.addEventListener("timeup", () => {
    const end = document.getElementById("time-up");
    if (!end) return;
    const go = () => { Object.keys(waiting).forEach((address) => { delete waiting[address]; remember(address); }); end.submit(); };
    if (unsaved()) { hurry(); setTimeout(go, 2500); } else go();
  });

  /* ---- what an earlier page could not save is shown and sent first */
  function settle() {
    if (document.querySelector("[data-over]")) document.querySelectorAll(".timer").forEach((clock) => clock.remove());
    const asked = form();
    document.querySelectorAll("#exam > aside [data-live]").forEach((words) => { words.hidden = false; });
    if (!asked) return;
    QuizKinds.setUp(asked);
    conflict();
    const address = asked.dataset.save;
    const late = overlooked(address);
    const mine = waiting[address] || late;
    if (!mine) return;
    waiting[address] = mine;
    known[address] = Math.max(known[address] || 0, mine.revision);
    QuizKinds.show(asked, mine.given);
    flag(mine.flagged === "1");
    if (mine === late) say(words().saving, "clock");
    else say(words().failed, "alert");
  }
  function overlooked(address) { // saved while this page was being made: sending it again changes nothing, and gets it said
    return inThisTab(address, (storage, name) => {
      const saved = JSON.parse(storage.getItem(name));
      if (saved && saved.revision > number()) return saved;
      storage.removeItem(name);
      return null;
    });
  }
  document.addEventListener("htmx:afterSettle", () => { settle(); if (!timer && !typing) send(); });
  document.addEventListener("DOMContentLoaded", () => { settle(); send(); });
  QuizKinds.ready = true; // both scripts are there: answers save themselves
})();
