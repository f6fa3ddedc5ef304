/* The outline of a course, and the questions of a quiz: dragging by pointer (mouse, pen, finger) or keyboard, folding, renaming
   in place, adding one lesson after another. An enhancement: the buttons and menus beside each line do the same without script. Words come from #announce. */
(function () {
  "use strict";
  const $ = (selector, within) => (within || document).querySelector(selector);
  const $$ = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const LESSON = "[data-lesson], [data-question]", CHAPTER = "[data-chapter-box]";
  const rowOf = (grip) => grip.closest(LESSON) || grip.closest(CHAPTER);
  const isLesson = (row) => row.matches(LESSON);

  /* ---- what is said to screen readers only */
  const say = (text) => { const place = $("#announce"); if (place) { place.textContent = ""; setTimeout(() => { place.textContent = text; }, 30); } };
  const words = (name, values) => ($("#announce").dataset[name] || "").replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  document.addEventListener("announce", (event) => say(event.detail.text)); // HX-Trigger: {"announce": {"text": …}}

  /* ---- places. A move is shown at once and sent when it ends; what stood before is kept to go back to. */
  const remember = (row) => ({ parent: row.parentNode, next: row.nextSibling });
  const goBack = (row, place) => place.parent.insertBefore(row, place.next);
  const same = (row, place) => row.parentNode === place.parent && row.nextSibling === place.next;
  function where(row) {
    if (!isLesson(row)) {
      const all = $$(CHAPTER);
      return words("chapterAt", { n: all.indexOf(row) + 1, all: all.length });
    }
    const all = $$(LESSON, row.parentNode), box = row.closest(CHAPTER);
    return words(box ? "lessonAt" : "questionAt", { n: all.indexOf(row) + 1, all: all.length, chapter: box && box.dataset.title });
  }
  function send(row) {
    const all = $$(isLesson(row) ? LESSON : CHAPTER, row.parentNode);
    const values = { index: all.indexOf(row) };
    if (row.parentNode.dataset.chapter) values.chapter = row.parentNode.dataset.chapter;
    const target = $("#outline") ? "#outline" : "#questions";
    htmx.ajax("POST", row.dataset.place, { source: document.body, target: target, swap: "morph:outerHTML", values: values });
  }

  /* ---- by keyboard: Space or Enter lifts and puts down, arrows move, Escape goes back */
  let lifted = null;
  function lift(grip) {
    lifted = { grip: grip, row: rowOf(grip), from: remember(rowOf(grip)) };
    grip.setAttribute("aria-pressed", "true");
    lifted.row.classList.add("is-lifted");
    say(words("lifted", { title: lifted.row.dataset.title }));
  }
  function putDown(keep) {
    const held = lifted;
    if (!held) return;
    lifted = null;
    held.grip.setAttribute("aria-pressed", "false");
    held.row.classList.remove("is-lifted");
    if (!keep) { goBack(held.row, held.from); say(words("back", { title: held.row.dataset.title })); }
    else if (!same(held.row, held.from)) send(held.row);
    held.grip.focus();
  }
  function step(row, down) {
    const all = $$(isLesson(row) ? LESSON : CHAPTER, row.parentNode);
    const other = all[all.indexOf(row) + (down ? 1 : -1)];
    if (other) return row.parentNode.insertBefore(row, down ? other.nextSibling : other);
    if (!isLesson(row)) return null;
    const lists = $$("[data-chapter]");
    const list = lists[lists.indexOf(row.parentNode) + (down ? 1 : -1)];
    if (!list) return null;
    unfold(list.closest(CHAPTER));
    return down ? list.prepend(row) : list.append(row);
  }
  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest && event.target.closest("[data-grip]");
    if (!grip) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      if (lifted) putDown(true); else lift(grip);
    } else if (lifted && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      lifted.moving = true;
      step(lifted.row, event.key === "ArrowDown");
      grip.focus();
      lifted.moving = false;
      lifted.row.scrollIntoView({ block: "nearest" });
      say(where(lifted.row));
    } else if (lifted && event.key === "Escape") {
      event.preventDefault();
      putDown(false);
    }
  });
  document.addEventListener("focusout", (event) => { if (lifted && !lifted.moving && event.target === lifted.grip && event.relatedTarget) putDown(true); });

  /* ---- by pointer */
  let drag = null;
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest && event.target.closest("[data-grip]");
    if (!grip || event.button !== 0 || lifted) return;
    const row = rowOf(grip);
    drag = { id: event.pointerId, grip: grip, row: row, from: remember(row), y: event.clientY, on: false };
    grip.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.on && Math.abs(event.clientY - drag.y) < 5) return;
    if (!drag.on) { drag.on = true; drag.row.classList.add("is-dragged"); roll(); }
    drag.x = event.clientX; drag.now = event.clientY;
    hover(event.clientX, event.clientY);
  });
  function hover(x, y) {
    const under = document.elementFromPoint(x, y);
    if (!under) return;
    if (!isLesson(drag.row)) {
      const other = under.closest(CHAPTER);
      if (other && other !== drag.row) beside(other, y);
      return;
    }
    const other = under.closest(LESSON);
    const box = under.closest(CHAPTER);
    if (other && other !== drag.row) beside(other, y);
    else if (box && !other && box !== drag.row.closest(CHAPTER)) { unfold(box); $("[data-chapter]", box).append(drag.row); }
  }
  function beside(other, y) {
    const box = other.getBoundingClientRect();
    other.parentNode.insertBefore(drag.row, y < box.top + box.height / 2 ? other : other.nextSibling);
  }
  function roll() { // near the edges the page moves along
    if (!drag || !drag.on) return;
    const edge = 70;
    if (drag.now < edge) window.scrollBy(0, -10);
    else if (drag.now > window.innerHeight - edge) window.scrollBy(0, 10);
    requestAnimationFrame(roll);
  }
  function drop(keep) {
    const held = drag;
    drag = null;
    if (!held || !held.on) return;
    held.row.classList.remove("is-dragged");
    if (!keep) goBack(held.row, held.from);
    else if (!same(held.row, held.from)) { held.grip.focus(); send(held.row); }
  }
  document.addEventListener("pointerup", (event) => { if (drag && event.pointerId === drag.id) drop(true); });
  document.addEventListener("pointercancel", () => drop(false));
  document.addEventListener("keydown", (event) => { if (drag && event.key === "Escape") drop(false); });

  /* ---- folding; which chapters are shut is remembered for this visit */
  const key = () => "folded-" + $("#outline").dataset.outline;
  const shut = () => { try { return new Set(JSON.parse(sessionStorage.getItem(key()) || "[]")); } catch (e) { return new Set(); } };
  function fold(box, closed) {
    const button = $("[data-fold]", box), inside = document.getElementById(button.getAttribute("aria-controls"));
    button.setAttribute("aria-expanded", String(!closed));
    inside.hidden = closed;
    const known = shut();
    if (closed) known.add(box.id); else known.delete(box.id);
    try { sessionStorage.setItem(key(), JSON.stringify(Array.from(known))); } catch (e) { /* then it lasts for this page */ }
  }
  const unfold = (box) => fold(box, false);
  document.addEventListener("click", (event) => {
    const one = event.target.closest("[data-fold]");
    if (one) { fold(one.closest(CHAPTER), one.getAttribute("aria-expanded") === "true"); label(); }
    if (event.target.closest("[data-fold-all]")) {
      const close = $$("[data-fold][aria-expanded=true]").length > 0;
      $$(CHAPTER).forEach((box) => fold(box, close));
      label();
    }
  });
  function label() {
    const all = $("[data-fold-all]");
    if (all) all.textContent = $$("[data-fold][aria-expanded=true]").length ? all.dataset.shut : all.dataset.open;
  }
  /* ---- the answers of a quiz: all shown or all hidden */
  const folds = () => $$("details.qfold");
  function labelAnswers() {
    const all = $("[data-answers-all]");
    if (all) all.textContent = folds().some((one) => one.open) ? all.dataset.shut : all.dataset.open;
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-answers-all]")) return;
    const open = !folds().some((one) => one.open);
    folds().forEach((one) => { one.open = open; });
    labelAnswers();
  });
  document.addEventListener("toggle", (event) => { if (event.target.matches("details.qfold")) labelAnswers(); }, true);

  function goOn() { // from the question that was just written; once
    const list = $("#questions[data-at]"), row = list && document.getElementById(list.dataset.at);
    if (list) list.removeAttribute("data-at");
    if (!row) return false;
    row.scrollIntoView({ block: "nearest" });
    $("summary", row).focus({ preventScroll: true });
    return true;
  }

  /* ---- tags in use: one click puts one into the field */
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-tag]");
    const field = chip && $("[data-tags='" + chip.parentNode.id + "']");
    if (!field) return;
    const there = field.value.split(",").map((one) => one.trim()).filter(Boolean);
    if (!there.includes(chip.dataset.tag)) there.push(chip.dataset.tag);
    field.value = there.join(", ");
    field.focus();
  });
  function refold() { const known = shut(); $$(CHAPTER).forEach((box) => { if (known.has(box.id)) fold(box, true); }); label(); }

  /* ---- renaming in place, and adding one after another */
  let titles = {};
  document.addEventListener("htmx:beforeSwap", (event) => { // what stood there, to go back to
    const target = event.detail.target;
    if (target && target.id && target.id.startsWith("title-")) titles[target.id] = target.innerHTML;
  });
  function leave(form) {
    const place = document.getElementById(form.dataset.rename);
    if (!place || titles[place.id] === undefined) return false;
    place.innerHTML = titles[place.id];
    htmx.process(place);
    const box = place.closest(LESSON) || place.closest(CHAPTER);
    $("details.menu > summary", box).focus();
    return true;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-leave]");
    if (link && leave(link.closest("form"))) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Escape" && event.target.closest && event.target.closest("[data-rename]");
    if (form) leave(form);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest && event.detail.elt.closest("[data-quick]");
    if (!form || !event.detail.successful) return;
    const again = document.getElementById(form.id);
    const input = again && $("input[name=title]", again);
    if (input) { input.value = ""; input.focus(); }
  });

  /* ---- the focus stays where it was; where that is gone, on the same line */
  let last = "";
  document.addEventListener("htmx:beforeSwap", () => { if (document.activeElement && document.activeElement.id) last = document.activeElement.id; });
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.target || event.target;
    const rename = $("[data-rename] input[name=title]", target);
    if (rename && target.id.startsWith("title-")) { rename.focus(); rename.select(); return; }
    if ($("#outline")) refold();
    else if ($("#questions")) { labelAnswers(); if (goOn()) return; }
    else return;
    const now = document.activeElement;
    if ((now && now !== document.body) || !last) return;
    const line = last.replace(/^(up|down)-l/, "grip-lesson-").replace(/^(up|down)-c/, "grip-chapter-").replace(/^(up|down)-q/, "grip-question-").replace(/^rename-input-/, "grip-");
    const found = document.getElementById(last) || document.getElementById(line) || $("#chapter-title");
    if (found) found.focus();
  });
  document.addEventListener("DOMContentLoaded", refold);
})();
