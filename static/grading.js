/* Grading by keyboard: Ctrl+Enter decides and goes on, Alt+N skips to the next one. Levels fill in points; the sum is shown.
   Everything works without it: points are typed, buttons are pressed. */
(function () {
  "use strict";
  const form = () => document.querySelector("[data-grading]");
  const number = (text) => Number(text.trim().replace(",", "."));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && form()) {
      const button = form().querySelector('[data-key="Enter"]');
      event.preventDefault();
      form().requestSubmit(button);
    } else if (event.altKey && !event.ctrlKey && event.code === "KeyN") {
      const next = document.querySelector('form[data-key="n"]');
      if (!next) return;
      event.preventDefault();
      next.requestSubmit();
    }
  });

  document.addEventListener("click", (event) => {
    const level = event.target.closest("[data-level]");
    if (!level) return;
    const input = level.closest("[data-criterion]").querySelector("[data-points]");
    input.value = level.dataset.level;
    show();
  });
  document.addEventListener("input", (event) => { if (event.target.matches("[data-points]")) show(); });

  function show() {
    if (!form()) return;
    let sum = 0;
    form().querySelectorAll("[data-criterion]").forEach((row) => {
      const text = row.querySelector("[data-points]").value;
      const given = text.trim() === "" ? NaN : number(text);
      if (!Number.isNaN(given)) sum += given;
      row.querySelectorAll("[data-level]").forEach((level) => level.setAttribute("aria-pressed", String(given === Number(level.dataset.level))));
    });
    const total = form().querySelector("[data-total]");
    if (total) total.textContent = total.dataset.total.replace("{n}", String(Math.round(sum * 100) / 100));
  }
  document.addEventListener("DOMContentLoaded", show);
})();
