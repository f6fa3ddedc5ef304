/* What is given in a question of each kind, and showing it again: always a list of strings, as the server keeps it. Ordering gets
   its buttons, keys and dragging here; without script its places are chosen from lists. quiz.js saves. */
(function () {
  "use strict";
  const list = (form) => form.querySelector("[data-order]");
  const items = (form) => Array.from(list(form).children);
  const fields = (form) => Array.from(form.querySelectorAll("[name=answer]"));

  function given(form) {
    const kind = form.dataset.kind;
    if (kind === "ordering") return list(form).dataset.answered ? items(form).map((item) => item.dataset.key) : [];
    if (kind === "matching") return fields(form).map((select) => select.value).filter(Boolean);
    if (["short", "numeric", "open"].includes(kind)) return fields(form).map((input) => input.value).filter((text) => text.trim());
    return fields(form).filter((input) => input.checked).map((input) => input.value);
  }
  function show(form, answer) {
    const kind = form.dataset.kind;
    if (kind === "ordering") return arrange(form, answer);
    if (["short", "numeric", "open"].includes(kind)) {
      fields(form)[0].value = answer[0] || "";
      count(form);
      return;
    }
    fields(form).forEach((input) => {
      if (kind === "matching") input.value = Array.from(input.options).map((option) => option.value).find((value) => value && answer.includes(value)) || "";
      else input.checked = answer.includes(input.value);
    });
  }

  /* ---- ordering */
  function arrange(form, keys) {
    const by = {};
    items(form).forEach((item) => { by[item.dataset.key] = item; });
    keys.forEach((key) => { if (by[key]) list(form).append(by[key]); });
    if (keys.length) list(form).dataset.answered = "1";
    else delete list(form).dataset.answered;
    number(form);
  }
  function number(form) { // the lists without script follow, so that the form says the same
    const all = items(form);
    const answered = list(form).dataset.answered;
    all.forEach((item, at) => {
      item.querySelector("select").value = answered ? String(at + 1) : "";
      item.querySelector("[data-place]").textContent = String(at + 1);
      item.querySelector("[data-step='-1']").disabled = at === 0;
      item.querySelector("[data-step='1']").disabled = at === all.length - 1;
    });
    const keep = form.querySelector("[data-keep-order]");
    if (keep) keep.hidden = Boolean(answered);
  }
  function tell(form, item) {
    const all = items(form);
    const place = form.querySelector("[data-moved]");
    place.textContent = place.dataset.moved.replace("{what}", item.dataset.text).replace("{n}", all.indexOf(item) + 1).replace("{all}", all.length);
  }
  function changed(form) {
    list(form).dataset.answered = "1";
    number(form);
    form.dispatchEvent(new CustomEvent("answer:given", { bubbles: true }));
  }
  function move(item, step, focus) {
    const form = item.closest("form");
    const next = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!next) return;
    if (step < 0) next.before(item);
    else next.after(item);
    changed(form);
    tell(form, item);
    if (focus) (focus.disabled ? item.querySelector("[data-step='" + -step + "']") : focus).focus();
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) move(button.closest("[data-key]"), Number(button.dataset.step), button);
    const keep = event.target.closest("[data-keep-order]");
    if (!keep) return;
    const form = keep.closest("form");
    changed(form);
    items(form)[0].querySelector("[data-grip]").focus();
  });
  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest && event.target.closest("[data-grip]");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!grip || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(grip.closest("[data-key]"), step, grip);
  });
  let held = null;
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    held = { item: grip.closest("[data-key]"), moved: false };
    held.item.classList.add("is-moving");
    grip.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    event.preventDefault();
    const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
    const before = held.item.previousElementSibling;
    const after = held.item.nextElementSibling;
    if (before && event.clientY < middle(before)) before.before(held.item);
    else if (after && event.clientY > middle(after)) after.after(held.item);
    else return;
    held.moved = true;
  });
  function drop() {
    if (!held) return;
    const item = held.item;
    item.classList.remove("is-moving");
    if (held.moved) {
      changed(item.closest("form"));
      tell(item.closest("form"), item);
    }
    held = null;
  }
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);

  /* ---- words of an open answer */
  function count(form) {
    const place = form.querySelector("[data-words]");
    if (!place) return;
    const text = fields(form)[0].value.trim();
    place.textContent = place.dataset.words.replace("{n}", text ? text.split(/\s+/).length : 0);
  }
  document.addEventListener("input", (event) => { if (event.target.form && event.target.form.dataset.kind === "open") count(event.target.form); });

  function setUp(form) {
    if (form.dataset.kind === "ordering" && !list(form).classList.contains("is-live")) { // until now the lists were there to choose from
      list(form).classList.add("is-live");
      form.querySelectorAll("[data-live]").forEach((part) => { part.hidden = false; });
      form.querySelectorAll("[data-lists]").forEach((part) => { part.hidden = true; });
      number(form);
    }
    if (form.dataset.kind === "open") count(form);
  }
  window.QuizKinds = { given: given, show: show, setUp: setUp };
})();
