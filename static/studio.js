/* Dragging lessons to another place. An enhancement: the buttons beside each lesson do the same by keyboard and without script. */
(function () {
  "use strict";
  let dragged = null;
  const row = (event) => event.target.closest && event.target.closest("[data-lesson]");
  const list = (event) => event.target.closest && event.target.closest("[data-chapter]");

  // Only the grip starts a drag, so that words in a row can still be selected.
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest && event.target.closest(".studio-grip");
    if (grip) grip.closest("[data-lesson]").draggable = true;
  });
  document.addEventListener("dragstart", (event) => {
    dragged = row(event);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.lesson);
    dragged.classList.add("is-dragged");
  });
  document.addEventListener("dragover", (event) => {
    const target = list(event);
    if (!dragged || !target) return;
    event.preventDefault();
    const over = row(event);
    if (!over) {
      if (!target.querySelector("[data-lesson]")) target.append(dragged);
      return;
    }
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    target.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  });
  document.addEventListener("drop", (event) => { if (dragged && list(event)) event.preventDefault(); });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    const chapter = dragged.closest("[data-chapter]");
    const index = Array.from(chapter.querySelectorAll("[data-lesson]")).indexOf(dragged);
    dragged.classList.remove("is-dragged");
    dragged.draggable = false;
    htmx.ajax("POST", dragged.dataset.place, {
      source: document.body, target: "#outline", swap: "outerHTML", values: { chapter: chapter.dataset.chapter, index: index },
    });
    dragged = null;
  });
})();
