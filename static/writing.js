/* Writing a lesson: it saves itself, survives a lost connection, and never overwrites what somebody else saved. A small toolbar
   with shortcuts; pictures by button, paste or drop. Without script the Save button does. Words come from #saving, translated. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const $ = (selector, within) => (within || document).querySelector(selector);
  const state = $("#saving"), body = $("#body");
  const FIELDS = ["title", "body", "minutes", "min_seconds", "share"];
  const PAUSE = 1500, LONGEST = 10000;
  const field = (name) => form.elements[name];
  const values = () => Object.fromEntries(FIELDS.filter((name) => field(name)).map((name) => [name, field(name).value]));
  const same = (a, b) => FIELDS.every((name) => (a[name] || "").replace(/\r\n/g, "\n") === (b[name] || "").replace(/\r\n/g, "\n"));
  const fill = (said) => FIELDS.forEach((name) => { if (field(name) && said[name] !== undefined) field(name).value = said[name]; });
  const words = (name, filled) => (state.dataset[name] || "").replace(/\{(\w+)\}/g, (_all, key) => filled[key]);
  function tell(text, bad) { state.textContent = text; state.classList.toggle("is-bad", Boolean(bad)); }

  /* ---- what could not be sent is kept in this browser, under the name of who wrote it */
  const KEPT = "kept-" + form.dataset.keep;
  const keep = () => { try { localStorage.setItem(KEPT, JSON.stringify({ revision: revision(), values: values() })); } catch (e) { /* full or forbidden: the page still holds it */ } };
  const forget = () => { try { localStorage.removeItem(KEPT); } catch (e) { /* nothing was kept */ } };
  const kept = () => { try { return JSON.parse(localStorage.getItem(KEPT)); } catch (e) { return null; } };
  const revision = () => (field("revision") ? field("revision").value : "");

  let dirty = false, sending = false, timer = 0, since = 0, wait = 3000, choosing = Boolean($("#both")), submitted = false;
  let last = values();
  const address = form.dataset.save;

  function changed() {
    dirty = true;
    keep();
    if (!address || choosing) return;
    tell(words("unsaved"));
    since = since || Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  }
  form.addEventListener("input", (event) => { if (FIELDS.includes(event.target.name)) changed(); });

  function packed(extra) {
    const data = new FormData();
    const now = values();
    Object.keys(now).forEach((name) => data.append(name, now[name]));
    data.append("revision", revision());
    data.append("csrf_token", field("csrf_token").value);
    Object.keys(extra || {}).forEach((name) => data.append(name, extra[name]));
    return data;
  }
  async function save() {
    if (!address || !dirty || sending || choosing || submitted) return;
    sending = true;
    since = 0;
    const sent = values();
    tell(words("saving"));
    try {
      const answer = await fetch(address, { method: "POST", body: packed(), headers: { "HX-Request": "true" }, credentials: "same-origin" });
      await heard(answer, sent);
    } catch (e) {
      again(words("offline"));
    }
    sending = false;
    if (dirty && !choosing && wait === 3000 && !same(sent, values())) changed();
  }
  async function heard(answer, sent) {
    if (answer.status === 401) return signedOut(answer.headers.get("HX-Redirect"));
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
    if (answer.ok && told) {
      field("revision").value = told.revision;
      last = sent;
      wait = 3000;
      if (same(sent, values())) { dirty = false; forget(); tell(told.said); } else keep();
    } else if (answer.status === 409 && told) {
      both(told);
    } else if (answer.status === 422 && told) {
      tell(told.said, true);
    } else if (answer.status < 500 && answer.status !== 429) {
      tell(words("stale"), true);
    } else {
      again(words("broken"));
    }
  }
  function again(text) { // later and later, to half a minute; at once when the connection is back
    tell(text, true);
    clearTimeout(timer);
    timer = setTimeout(() => { sending = false; save(); }, wait);
    wait = Math.min(wait * 2, 30000);
  }
  window.addEventListener("online", () => { if (dirty) { wait = 3000; save(); } });
  function signedOut(where) {
    tell(words("signedOut") + " ", true);
    const link = document.createElement("a");
    link.href = where || "/sign-in";
    link.textContent = words("signIn");
    state.append(link);
  }

  /* ---- changed elsewhere: both texts, and the choice */
  let theirs = null;
  function both(told) {
    choosing = true;
    theirs = told;
    keep();
    tell(words("both"), true);
    $("#both-place").innerHTML = told.html;
    $("#both").focus();
  }
  document.addEventListener("click", (event) => {
    const mine = event.target.closest("[data-keep-mine]"), other = event.target.closest("[data-take-theirs]");
    if (!theirs || (!mine && !other)) { if (other) forget(); return; }
    event.preventDefault();
    field("revision").value = theirs.revision;
    choosing = false;
    if (other) { fill(theirs.theirs); show(); forget(); dirty = false; last = values(); tell(""); } else { dirty = true; keep(); save(); }
    theirs = null;
    $("#both-place").replaceChildren();
    body.focus();
  });

  /* ---- coming back, going away */
  function show() { body.dispatchEvent(new Event("input", { bubbles: true })); }
  const before = kept();
  if (before && !choosing) {
    if (same(before.values, last)) forget();
    else {
      if (before.revision && address) field("revision").value = before.revision; // an older one: the server shows both
      fill(before.values);
      show();
      tell(words(address ? "again" : "kept"));
      if (address) { dirty = true; save(); }
    }
  }
  form.addEventListener("submit", () => { submitted = true; keep(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  window.addEventListener("pagehide", () => {
    if (!address || submitted) return;
    if (dirty && !choosing) navigator.sendBeacon(address, packed({ leaving: "1" }));
    else if (!dirty) { const data = new FormData(); data.append("csrf_token", field("csrf_token").value); navigator.sendBeacon(form.dataset.left, data); }
  });
  window.addEventListener("beforeunload", (event) => { if (address && choosing && !submitted) event.preventDefault(); });

  /* ---- the toolbar. execCommand keeps the browser's own undo working; where it is gone the text is set. */
  function put(text, from, to) {
    body.focus();
    if (from !== undefined) body.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) { body.setRangeText(text, body.selectionStart, body.selectionEnd, "end"); show(); }
  }
  const chosen = () => ({ from: body.selectionStart, to: body.selectionEnd, text: body.value.slice(body.selectionStart, body.selectionEnd) });
  function around(mark) {
    const at = chosen(), size = mark.length;
    const outside = body.value.slice(at.from - size, at.from) === mark && body.value.slice(at.to, at.to + size) === mark;
    if (outside) { put(at.text, at.from - size, at.to + size); body.setSelectionRange(at.from - size, at.to - size); return; }
    put(mark + at.text + mark);
    body.setSelectionRange(at.from + size, at.to + size);
  }
  function lines(made) { // whole lines, each with the mark in front; all marked already: the marks go
    const at = chosen();
    const from = body.value.lastIndexOf("\n", at.from - 1) + 1;
    const end = body.value.indexOf("\n", at.to), to = end < 0 ? body.value.length : end;
    const all = body.value.slice(from, to).split("\n");
    const marked = all.every((line) => made.has.test(line));
    const text = all.map((line, n) => (marked ? line.replace(made.has, "") : made.put(n) + line)).join("\n");
    put(text, from, to);
    body.setSelectionRange(from, from + text.length);
  }
  function block(text, select) {
    const at = chosen();
    const gap = at.from > 0 && !/\n\n$/.test(body.value.slice(0, at.from)) ? (body.value[at.from - 1] === "\n" ? "\n" : "\n\n") : "";
    put(gap + text + "\n");
    if (select) { const start = body.value.indexOf(select, at.from); body.setSelectionRange(start, start + select.length); }
  }
  const MARKS = {
    bold: () => around("**"), italic: () => around("*"),
    heading: () => lines({ has: /^#{1,6} /, put: () => "## " }),
    list: () => lines({ has: /^[-*] /, put: () => "- " }),
    numbers: () => lines({ has: /^\d+\. /, put: (n) => n + 1 + ". " }),
    quote: () => lines({ has: /^> /, put: () => "> " }),
    link: () => { const at = chosen(); put("[" + at.text + "](https://)"); const start = at.text ? at.from + at.text.length + 3 : at.from + 1; body.setSelectionRange(start, at.text ? start + 8 : start); },
    table: () => block("| A | B |\n|---|---|\n| 1 | 2 |", "A"),
    picture: () => { const input = $("#picture-file"); if (input) input.click(); },
  };
  const KEYS = { b: "bold", i: "italic", k: "link" }, SHIFTED = { KeyH: "heading", Digit8: "list", Digit7: "numbers", KeyP: "picture" };
  body.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const mark = event.shiftKey ? SHIFTED[event.code] : KEYS[event.key.toLowerCase()];
    if (!mark) return;
    event.preventDefault();
    MARKS[mark]();
  });
  const bar = $(".studio-marks");
  if (bar) {
    bar.addEventListener("click", (event) => { const tool = event.target.closest("[data-mark]"); if (tool) MARKS[tool.dataset.mark](); });
    bar.addEventListener("keydown", (event) => {
      const tools = Array.from(bar.querySelectorAll("[data-mark]")), at = tools.indexOf(document.activeElement);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tools.length - 1 }[event.key];
      if (at < 0 || next === undefined || !tools[next]) return;
      event.preventDefault();
      tools[at].tabIndex = -1;
      tools[next].tabIndex = 0;
      tools[next].focus();
    });
  }

  /* ---- pictures and files: one after another, each described before it stands in the text */
  const to = body.dataset.attachTo, dialog = $("#describe");
  let queue = Promise.resolve();
  const attach = (files) => Array.from(files).forEach((file) => { queue = queue.then(() => send(file)); });
  async function send(file) {
    const name = file.name || "picture.png";
    tell(words("attaching", { name: name }));
    const data = new FormData();
    data.append("upload", file, name);
    data.append("by", "script");
    data.append("csrf_token", field("csrf_token").value);
    try {
      const answer = await fetch(to, { method: "POST", body: data, headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (answer.status === 413) { tell(words("notAttached", { name: name, why: $("#toasts").dataset.large }), true); return; }
      const told = await answer.json();
      if (!answer.ok) { tell(words("notAttached", { name: name, why: told.said }), true); return; }
      const list = $("#lesson-files");
      list.outerHTML = told.html;
      htmx.process($("#lesson-files"));
      const link = Array.from(document.querySelectorAll("#lesson-files [data-insert]")).find((one) => one.dataset.insert === told.markdown);
      await insert(told.markdown, told.picture && link ? link.dataset.picture : "");
      tell(words("attached", { name: told.name }));
    } catch (e) {
      tell(words("notAttached", { name: name, why: $("#toasts").dataset.offline }), true);
    }
  }
  function insert(markdown, picture) {
    const at = chosen();
    if (!picture || !dialog) { put(at.text ? markdown.replace(/^\[[^\]]*\]/, () => "[" + at.text + "]") : markdown, at.from, at.to); return Promise.resolve(); }
    $("#described").src = picture;
    $("#describe-alt").value = "";
    dialog.showModal();
    $("#describe-alt").focus();
    return new Promise((done) => {
      const choose = (event) => {
        const button = event.target.closest("[data-described]");
        const enter = event.type === "keydown" && event.key === "Enter" && event.target.id === "describe-alt";
        if (!button && !enter) return;
        event.preventDefault();
        const said = button && button.dataset.described === "nothing" ? "" : $("#describe-alt").value.replace(/[[\]\n]/g, " ").trim();
        if (!said && !(button && button.dataset.described === "nothing")) { $("#describe-alt").focus(); return; }
        over(); dialog.close();
        put(markdown.replace("![]", "![" + said + "]"), at.to, at.to); // beside what is selected, not instead of it
        done();
      };
      const closed = () => { over(); done(); };
      const over = () => { dialog.removeEventListener("click", choose); dialog.removeEventListener("keydown", choose); dialog.removeEventListener("close", closed); };
      dialog.addEventListener("click", choose);
      dialog.addEventListener("keydown", choose);
      dialog.addEventListener("close", closed);
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (button) insert(button.dataset.insert, button.dataset.picture || "");
  });
  if (to) {
    body.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      attach(event.clipboardData.files);
    });
    ["dragenter", "dragover"].forEach((kind) => body.addEventListener(kind, (event) => {
      if (!Array.from(event.dataTransfer.types).includes("Files")) return;
      event.preventDefault();
      body.classList.add("is-over");
    }));
    body.addEventListener("dragleave", () => body.classList.remove("is-over"));
    body.addEventListener("drop", (event) => {
      body.classList.remove("is-over");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      attach(event.dataTransfer.files);
    });
    document.addEventListener("change", (event) => {
      if (event.target.id !== "picture-file" && !event.target.closest("[data-attach]")) return;
      attach(event.target.files);
      event.target.value = "";
    });
  }
})();
