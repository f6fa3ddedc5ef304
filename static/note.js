/* A learner's note beside a lesson: kept as it is typed, for as long as it takes. Without script its button saves it. */
(function () {
  "use strict";
  const headers = () => ({ "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"], "HX-Request": "true" });
  const unsaved = new Set(); // forms whose words are not held yet, also of a lesson that was left meanwhile
  const timers = new WeakMap();
  const under = new WeakSet(); // one save on its way for each note; the revision makes a late one harmless

  function say(form, text, icon) {
    const place = form.querySelector("[data-note-saved]");
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
  function later(form, pause) {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), pause));
  }
  function save(form, pause) {
    clearTimeout(timers.get(form));
    if (under.has(form) || !unsaved.has(form)) return;
    const revision = form.elements.revision;
    const next = Number(revision.value) + 1;
    const body = new URLSearchParams({ text: form.elements.text.value, revision: String(next) });
    const wait = pause || 1000;
    revision.value = next;
    unsaved.delete(form);
    under.add(form);
    say(form, form.dataset.saving, "clock");
    fetch(form.action, { method: "POST", body: body, headers: headers(), keepalive: body.toString().length < 60000 })
      .then((response) => {
        if (response.status !== 200 && response.status !== 422) throw new Error(String(response.status));
        document.dispatchEvent(new Event("session:used"));
        return response.json().then((said) => {
          if (response.status === 422) return say(form, said.said, "alert");
          revision.value = Math.max(Number(revision.value), said.revision);
          if (!said.kept) unsaved.add(form); // another tab was newer; what is typed here last is what counts
          else say(form, said.said, "done");
        });
      })
      .catch(() => {
        unsaved.add(form);
        say(form, form.dataset.failed, "alert");
        timers.set(form, setTimeout(() => save(form, Math.min(wait * 2, 30000)), wait));
      })
      .finally(() => {
        under.delete(form);
        if (unsaved.has(form) && wait === 1000) later(form, 1000);
      });
  }
  const all = () => unsaved.forEach((form) => save(form));
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-note]");
    if (!form) return;
    unsaved.add(form);
    later(form, 800);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-note]")) return;
    event.preventDefault();
    unsaved.add(form);
    save(form);
  });
  document.addEventListener("htmx:beforeSwap", all);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") all(); });
  window.addEventListener("online", all);
  window.addEventListener("beforeunload", (event) => { if (unsaved.size) { all(); event.preventDefault(); } });
  const open = () => { const note = location.hash === "#note" && document.getElementById("note"); if (note) note.open = true; };
  document.addEventListener("DOMContentLoaded", open);
})();
