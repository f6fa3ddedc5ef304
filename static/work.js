/* Work that is handed in: what is typed is saved by itself, files are sent as they are chosen, with their progress.
   Without script the form does all of it when it is handed in or saved. */
(function () {
  "use strict";
  const form = () => document.getElementById("work");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const headers = () => ({ "X-CSRFToken": token(), "HX-Request": "true" });
  let timer = null;
  let dirty = false;
  let sending = false;
  let leaving = false;
  let pause = 1000;

  function say(text, icon) {
    const place = document.querySelector("[data-saved]");
    if (!place) return;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    const span = document.createElement("span");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", document.getElementById("toasts").dataset.sprite + "#" + icon);
    svg.append(use);
    span.textContent = text;
    place.replaceChildren(svg, span);
  }

  /* ---- what is typed: one save on its way at a time; the revision makes a late one harmless */
  function typed() {
    const here = form();
    const body = new URLSearchParams();
    ["text", "link"].forEach((name) => { if (here.elements[name]) body.append(name, here.elements[name].value); });
    body.append("revision", here.elements.revision.value);
    return body;
  }
  function save() {
    clearTimeout(timer);
    timer = null;
    if (!form() || sending || !dirty || leaving) return;
    const revision = form().elements.revision;
    revision.value = Number(revision.value) + 1;
    dirty = false;
    sending = true;
    say(form().dataset.saving, "clock");
    fetch(form().dataset.save, { method: "POST", body: typed(), headers: headers(), keepalive: typed().toString().length < 60000 })
      .then((response) => {
        if (response.status !== 200 && response.status !== 422) throw new Error(String(response.status));
        document.dispatchEvent(new Event("session:used"));
        return response.json().then((said) => {
          pause = 1000;
          if (response.status === 422) return say(said.said, "alert");
          revision.value = Math.max(Number(revision.value), said.revision);
          if (!said.kept) { dirty = true; return; } // another tab was newer; what is typed here last is what counts
          say(said.said, "done");
        });
      })
      .catch(() => {
        dirty = true;
        say(form() ? form().dataset.failed : "", "alert");
        timer = setTimeout(save, pause);
        pause = Math.min(pause * 2, 30000);
      })
      .finally(() => { sending = false; if (dirty && !timer) timer = setTimeout(save, 300); });
  }
  document.addEventListener("input", (event) => {
    if (!event.target.matches("#work textarea, #work input[name=link]")) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target.id === "study-page") save(); });
  window.addEventListener("online", save);
  window.addEventListener("beforeunload", (event) => { if (dirty && !leaving) { save(); event.preventDefault(); } });
  document.addEventListener("submit", (event) => {
    if (event.target !== form() || event.defaultPrevented) return;
    leaving = true; // the form itself carries what is typed
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  /* ---- files: one after the other, each with its progress */
  let queue = Promise.resolve();
  document.addEventListener("change", (event) => {
    if (!event.target.matches("#work input[type=file]")) return;
    const input = event.target;
    const files = Array.from(input.files);
    input.value = "";
    const names = input.closest("[data-drop]").querySelector("[data-drop-names]");
    setTimeout(() => { names.textContent = ""; }, 0);
    files.forEach((file) => { queue = queue.then(() => send(file)); });
  });
  function send(file) {
    const here = form();
    const bar = here.querySelector("progress");
    const said = here.querySelector("[data-upload-said]");
    const words = (text, n) => text.replace("{name}", file.name).replace("{n}", n);
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("files", file);
      request.open("POST", here.dataset.files);
      Object.entries(headers()).forEach(([name, value]) => request.setRequestHeader(name, value));
      bar.hidden = false;
      bar.value = 0;
      said.textContent = words(here.dataset.uploading, 0);
      request.upload.addEventListener("progress", (event) => {
        const n = event.lengthComputable ? Math.round(100 * event.loaded / event.total) : 0;
        bar.value = n;
        said.textContent = words(here.dataset.uploading, n);
      });
      request.addEventListener("loadend", () => {
        bar.hidden = true;
        if (request.status === 200) {
          said.textContent = "";
          document.dispatchEvent(new Event("session:used"));
          htmx.swap(document.getElementById("work-list"), request.responseText, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
        } else said.textContent = words(here.dataset.notSent, 0);
        done();
      });
      request.send(body);
    });
  }
})();
