/* Employee documents: files are sent one by one, each with its progress and its result; the viewer listens to keys.
   Without this script the form sends all files at once and the viewer's buttons are links. */
(function () {
  "use strict";
  const MOST_AT_ONCE = 2;

  /* Pressed once more without new files: those that did not go through are sent again. */
  function retry(form) {
    const failed = Array.from(form.querySelectorAll("[data-sends-list] .is-bad button:not([hidden])"));
    failed.forEach((button) => button.click());
    return failed.length > 0;
  }

  /* ---- uploads: <form data-sends data-most-bytes data-most> with [data-sends-list], [data-sends-all] and words in data-… */
  function start(form) {
    const input = form.querySelector("input[type=file]");
    const files = Array.from(input.files);
    if (!files.length) return retry(form);
    const words = form.dataset;
    const list = form.querySelector("[data-sends-list]");
    const all = form.querySelector("[data-sends-all]");
    const bar = all.querySelector("progress");
    const told = all.querySelector("[data-sends-told]");
    const button = form.querySelector("button[type=submit], button:not([type])");
    list.querySelectorAll(".is-done").forEach((item) => item.remove()); // what did not go through can still be sent again
    all.hidden = false;
    const total = files.reduce((sum, file) => sum + file.size, 0) || 1;
    const sent = new Map();
    let waiting = [], running = 0, ended = 0, good = 0, shown = 0;

    function tell() {
      const done = Array.from(sent.values()).reduce((sum, one) => sum + one, 0);
      bar.value = Math.min(100, Math.round((100 * done) / total));
      told.textContent = words.told.replace("{done}", good).replace("{total}", files.length);
    }
    function line(file) {
      const item = document.createElement("li");
      item.className = "send";
      const name = document.createElement("b");
      name.textContent = file.name;
      const again = document.createElement("button");
      again.type = "button"; again.className = "btn btn-s"; again.textContent = words.again; again.hidden = true;
      const mark = document.createElement("progress");
      mark.max = 100; mark.value = 0; mark.setAttribute("aria-label", file.name);
      const said = document.createElement("span");
      said.className = "said"; said.setAttribute("role", "status"); said.textContent = words.waits;
      item.append(name, again, mark, said);
      list.append(item);
      again.addEventListener("click", () => {
        again.hidden = true;
        item.classList.remove("is-bad");
        ended -= 1;
        waiting.push(() => send(file, item, mark, said, again));
        next();
      });
      return [item, mark, said, again];
    }
    function close(file, item, said, again, fine, text) {
      running -= 1;
      ended += 1;
      sent.set(file, file.size);
      item.classList.add(fine ? "is-done" : "is-bad");
      said.textContent = text;
      again.hidden = fine;
      if (fine) good += 1;
      tell();
      next();
    }
    function send(file, item, mark, said, again) {
      running += 1;
      if (file.size > Number(words.mostBytes)) return close(file, item, said, again, false, words.large);
      const body = new FormData(form); // as the form is now: what was missing may have been given meanwhile
      body.delete(input.name);
      body.set("one", "1");
      body.append(input.name, file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        mark.value = Math.round((100 * event.loaded) / event.total);
        said.textContent = event.loaded < event.total ? mark.value + " %" : words.checks;
        sent.set(file, (file.size * event.loaded) / event.total);
        tell();
      });
      request.addEventListener("load", () => {
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        const found = page.querySelector("[data-result]");
        const text = found ? found.textContent.trim() : request.status === 413 ? words.large : request.status === 401 ? words.signin : words.wrong;
        mark.value = 100;
        close(file, item, said, again, request.status === 200 && Boolean(found), text);
      });
      ["error", "timeout", "abort"].forEach((kind) => request.addEventListener(kind, () => close(file, item, said, again, false, words.offline)));
      said.textContent = "0 %";
      request.send(body);
    }
    function next() {
      while (running < MOST_AT_ONCE && waiting.length) waiting.shift()();
      if (running || waiting.length) return;
      if (button) { button.disabled = false; button.removeAttribute("aria-busy"); }
      delete form.dataset.sending;
      if (ended === files.length) finish();
    }
    function finish() {
      input.value = "";
      input.dispatchEvent(new Event("change", { bubbles: true }));
      if (good > shown && window.htmx && words.region) { // only for what is new: two refreshes at once would be one
        shown = good;
        window.htmx.ajax("GET", words.refresh || location.href, { target: words.region, select: words.region, swap: "outerHTML" });
      }
    }
    files.slice(0, Number(words.most)).forEach((file) => {
      const parts = line(file);
      waiting.push(() => send(file, ...parts));
    });
    files.slice(Number(words.most)).forEach((file) => {
      const [item, , said, again] = line(file);
      running += 1;
      close(file, item, said, again, false, words.many);
    });
    if (button) { button.disabled = true; button.setAttribute("aria-busy", "true"); }
    tell();
    next();
    return true;
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches || !form.matches("form[data-sends]")) return;
    if (start(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  /* ---- the viewer: arrow keys turn the page, + and - come closer */
  document.addEventListener("keydown", (event) => {
    const leaf = document.querySelector("[data-leaf]");
    if (!leaf || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, summary")) return;
    const wanted = { ArrowLeft: "prev", PageUp: "prev", ArrowRight: "next", PageDown: "next", "+": "larger", "-": "smaller" }[event.key];
    const link = wanted && document.querySelector('[data-leaf-go="' + wanted + '"]');
    if (!link) return;
    event.preventDefault();
    link.click();
  });
})();
