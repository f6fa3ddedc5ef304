/* An attempt: each change is sent at once and kept until the server has said that it is saved. One answer is on its way at a
   time, so that a slow one never overtakes a newer one; the revision guards against other tabs. Without script the form saves. */
(function () {
  "use strict";
  const form = () => document.getElementById("question");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const PLACE = "quiz:" + location.pathname.split("/questions/")[0].split("/review")[0];
  const known = {}; // address -> the newest revision given out here
  let waiting = recall(); // address -> what is not saved yet; survives a closed tab
  let sending = false;
  let pause = 1000;
  let timer = null;

  function recall() {
    try { return JSON.parse(localStorage.getItem(PLACE)) || {}; } catch (e) { return {}; }
  }
  function remember() {
    try {
      if (Object.keys(waiting).length) localStorage.setItem(PLACE, JSON.stringify(waiting));
      else localStorage.removeItem(PLACE);
    } catch (e) { /* then it lasts as long as this page */ }
  }
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
    place.replaceChildren(svg, span);
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

  /* ---- the queue */
  function note(asked) {
    const address = asked.dataset.save;
    const given = Array.from(asked.querySelectorAll("input[name=answer]:checked")).map((input) => input.value);
    known[address] = Math.max(known[address] || 0, Number(asked.dataset.revision)) + 1;
    waiting[address] = { given: given, flagged: asked.elements.flagged.value, revision: known[address] };
    remember();
    say(words().saving, "clock");
    pause = 1000;
    clearTimeout(timer);
    send();
  }
  function send() {
    const address = Object.keys(waiting)[0];
    if (sending || !address) return;
    const answer = waiting[address];
    const body = new URLSearchParams({ flagged: answer.flagged, revision: answer.revision });
    answer.given.forEach((key) => body.append("answer", key));
    sending = true;
    const giveUp = new AbortController();
    const patience = setTimeout(() => giveUp.abort(), 15000);
    fetch(address, { method: "POST", body: body, headers: { "X-CSRFToken": token(), "HX-Request": "true" }, keepalive: true, signal: giveUp.signal })
      .then((response) => heard(address, answer, response), later)
      .finally(() => { clearTimeout(patience); sending = false; if (unsaved() && !timer) send(); });
  }
  function heard(address, answer, response) {
    if (response.status >= 500 || response.status === 429) return later();
    if (response.status === 200 || response.status === 422) {
      document.dispatchEvent(new Event("session:used"));
      return response.json().then((said) => {
        pause = 1000;
        if (response.status === 422) return refused(address, said.said);
        known[address] = Math.max(known[address] || 0, said.revision);
        if (!said.kept && waiting[address] === answer) answer.revision = known[address] += 1; // another tab was newer; what is shown here is the latest
        else if (waiting[address] === answer) delete waiting[address];
        remember();
        if (form() && form().dataset.save === address && said.kept) count(answer.given.length > 0);
        if (!unsaved()) say(said.said, "done");
      }, later);
    }
    clearTimeout(timer);
    timer = setTimeout(() => { timer = null; send(); }, 30000); // signed out, say: the answer waits here until it is possible again
    say(words().stopped || "", "alert");
  }
  function refused(address, text) {
    delete waiting[address];
    remember();
    say(text, "alert");
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: text, tone: "bad" } }));
  }
  function later() {
    say(words().failed || "", "alert");
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
  document.addEventListener("visibilitychange", () => { if (unsaved()) hurry(); });
  window.addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });

  /* ---- what the reader does */
  document.addEventListener("change", (event) => {
    if (form() && event.target.name === "answer" && form().contains(event.target)) note(form());
  });
  document.addEventListener("click", (event) => {
    const flag = event.target.closest("[data-flag]");
    if (!flag) return;
    event.preventDefault();
    const on = form().elements.flagged.value !== "1";
    form().elements.flagged.value = on ? "1" : "0";
    flag.setAttribute("aria-pressed", String(on));
    flag.querySelector("span").textContent = on ? flag.dataset.unflag : flag.dataset.flag;
    note(form());
  });
  document.addEventListener("keydown", (event) => {
    if (!form() || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.target.closest("textarea, [type=text]")) return;
    const option = form().querySelectorAll("input[name=answer]")["abcdefghij".indexOf(event.key.toLowerCase())];
    if (!option) return;
    event.preventDefault();
    option.focus();
    option.click();
  });

  /* ---- time is up: the page only asks; the server decides */
  document.addEventListener("timeup", () => {
    const end = document.getElementById("time-up");
    if (!end) return;
    const go = () => { waiting = {}; remember(); end.submit(); };
    if (unsaved()) { hurry(); setTimeout(go, 2500); } else go();
  });

  /* ---- what an earlier page could not save is shown and sent first */
  function settle() {
    if (document.querySelector("[data-over]")) document.querySelectorAll(".timer").forEach((clock) => clock.remove());
    const asked = form();
    const held = asked && waiting[asked.dataset.save];
    if (!held) return;
    known[asked.dataset.save] = Math.max(held.revision, Number(asked.dataset.revision));
    if (held.revision <= Number(asked.dataset.revision)) held.revision = known[asked.dataset.save] += 1;
    asked.querySelectorAll("input[name=answer]").forEach((input) => { input.checked = held.given.includes(input.value); });
    asked.elements.flagged.value = held.flagged;
    say(words().failed, "alert");
  }
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("DOMContentLoaded", () => { settle(); send(); });
})();
