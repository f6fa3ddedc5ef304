/* Lists: filters that answer at once, ticks with their bar, and files dropped on an input. */
(function () {
  "use strict";
  const $$ = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  /* ---- filters: choosing submits, typing submits after a pause. The form is an ordinary GET form; htmx takes it over when it can. */
  const waiting = new WeakMap();
  function soon(form, wait) {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => { if (form.isConnected) form.requestSubmit(); }, wait));
  }
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && "auto" in form.dataset && event.target.type !== "search" && event.target.name) soon(form, 0);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && "auto" in form.dataset && event.target.type === "search") soon(form, 350);
  });
  // Empty filters stay out of the address, so that it can be read and shared.
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.detail.elt;
    if (!form.dataset || !("auto" in form.dataset)) return;
    Array.from(new Set(event.detail.formData.keys())).forEach((name) => {
      const kept = event.detail.formData.getAll(name).filter((value) => value !== "");
      event.detail.formData.delete(name);
      kept.forEach((value) => event.detail.formData.append(name, value));
    });
  });

  /* ---- a long list of choices: typing leaves those with these words; what is ticked always stays */
  function narrow(input) {
    const words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    $$("label.tick", input.parentElement).forEach((label) => {
      const text = (label.querySelector("span:not(.num)") || label).textContent.toLocaleLowerCase(); // not the count beside it
      label.hidden = !label.querySelector("input").checked && !words.every((word) => text.includes(word));
    });
  }
  document.addEventListener("input", (event) => { if (event.target.matches("[data-narrow]")) narrow(event.target); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches && event.target.matches("[data-narrow]")) event.preventDefault();
  });
  // At once after a swap, not when it has settled: the whole list would be seen for a moment.
  document.addEventListener("htmx:afterSwap", () => $$("[data-narrow]").filter((input) => input.value).forEach(narrow));

  /* ---- ticks: inside [data-bulk], 'select all' and the bar with the count */
  function count(area) {
    if ("choosing" in area.dataset) return; // chosen.js remembers other pages too
    const picks = $$("input.pick", area);
    const ticked = picks.filter((pick) => pick.checked).length;
    $$("[data-pick-all]", area).forEach((all) => {
      all.checked = ticked > 0 && ticked === picks.length;
      all.indeterminate = ticked > 0 && ticked < picks.length;
    });
    $$(".bulk", area).forEach((bar) => {
      bar.toggleAttribute("data-some", ticked > 0);
      const words = bar.querySelector("[data-bulk-count]");
      if (words && ticked) words.textContent = words.dataset.bulkCount.replace("{n}", ticked);
    });
  }
  const countAll = () => $$("[data-bulk]").forEach(count);
  let last = null; // with Shift a range is ticked, as in every mail programme
  document.addEventListener("click", (event) => {
    const pick = event.target;
    if (!pick.matches || !pick.matches("input.pick")) return;
    const area = pick.closest("[data-bulk]");
    if (!area) return;
    const picks = $$("input.pick", area);
    if (event.shiftKey && last && picks.includes(last)) {
      const ends = [picks.indexOf(last), picks.indexOf(pick)].sort((a, b) => a - b);
      picks.slice(ends[0], ends[1] + 1).forEach((other) => { other.checked = pick.checked; });
    }
    last = pick;
    count(area);
  });
  document.addEventListener("change", (event) => {
    const area = event.target.closest("[data-bulk]");
    if (!area) return;
    if (event.target.matches("[data-pick-all]")) $$("input.pick", area).forEach((pick) => { pick.checked = event.target.checked; });
    count(area);
  });
  document.addEventListener("reset", () => setTimeout(countAll, 0)); // the boxes change after the event
  document.addEventListener("htmx:afterSettle", countAll);
  document.addEventListener("DOMContentLoaded", countAll);
  window.addEventListener("pageshow", countAll); // Back restores ticks without telling

  /* ---- drop zones: a label around a file input that also takes files dropped on it */
  function names(zone) {
    const input = zone.querySelector("input[type=file]");
    const list = zone.querySelector("[data-drop-names]");
    if (list) list.textContent = Array.from(input.files).map((file) => file.name).join(", ");
  }
  ["dragenter", "dragover"].forEach((kind) => document.addEventListener(kind, (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.add("is-over");
  }));
  document.addEventListener("dragleave", (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    const input = zone.querySelector("input[type=file]");
    const chosen = new DataTransfer();
    Array.from(event.dataTransfer.files).slice(0, input.multiple ? undefined : 1).forEach((file) => chosen.items.add(file));
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const zone = event.target.closest("[data-drop]");
    if (zone) names(zone);
  });
})();
