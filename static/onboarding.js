/* Dragging tasks of a template to another place. An enhancement: the buttons beside each do the same by keyboard and without script. */
(function () {
  "use strict";
  let dragged = null;
  const row = (event) => event.target.closest && event.target.closest("[data-task]");
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest && event.target.closest(".onb-grip");
    if (grip) grip.closest("[data-task]").draggable = true;
  });
  document.addEventListener("dragstart", (event) => {
    dragged = row(event);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.id);
    dragged.classList.add("is-dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = row(event);
    if (!dragged || !event.target.closest("[data-tasks]")) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    over.parentNode.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  });
  document.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    const index = Array.from(dragged.parentNode.querySelectorAll("[data-task]")).indexOf(dragged);
    dragged.classList.remove("is-dragged");
    dragged.draggable = false;
    htmx.ajax("POST", dragged.dataset.place, { source: document.body, target: "#template-tasks", swap: "outerHTML", values: { index: index } });
    dragged = null;
  });
  /* At either end one of the two buttons is gone: the focus goes to the other, so that the keyboard stays with the task. */
  let pressed = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const step = event.target.querySelector && event.target.querySelector("button[name=step]");
    pressed = step ? step.id : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!pressed || document.activeElement !== document.body) return;
    const task = pressed.slice(pressed.indexOf("-"));
    const left = document.getElementById(pressed) || document.getElementById("up" + task) || document.getElementById("down" + task);
    pressed = "";
    if (left) left.focus();
  });
})();
