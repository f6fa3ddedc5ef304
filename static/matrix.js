/* The matrix: arrow keys move from cell to cell, one of them takes part in Tab; a cell opens as a dialog over the page. */
(function () {
  "use strict";
  const cells = (table) => Array.from(table.querySelectorAll("a.cell"));

  function rove(table) { // one cell is in the order of Tab: the one used last, else the first
    const all = cells(table);
    const kept = all.find((cell) => cell.tabIndex === 0 && cell.hasAttribute("tabindex"));
    all.forEach((cell) => { cell.tabIndex = -1; });
    if (all.length) (kept || all[0]).tabIndex = 0;
  }
  const roveAll = () => document.querySelectorAll("[data-cells]").forEach(rove);

  function go(table, cell) {
    if (!cell) return;
    cells(table).forEach((other) => { other.tabIndex = other === cell ? 0 : -1; });
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function along(cell, step) { // the next one in the row that opens something
    for (let td = cell.closest("td")[step]; td; td = td[step]) {
      const found = td.querySelector("a.cell");
      if (found) return found;
    }
    return null;
  }
  function across(cell, step) { // the same column, the next row in which it is asked
    const td = cell.closest("td"), place = td.cellIndex;
    for (let row = td.parentElement[step]; row; row = row[step]) {
      const found = row.cells[place] && row.cells[place].querySelector("a.cell");
      if (found) return found;
    }
    return null;
  }
  const MOVES = {
    ArrowRight: (cell) => along(cell, "nextElementSibling"),
    ArrowLeft: (cell) => along(cell, "previousElementSibling"),
    ArrowDown: (cell) => across(cell, "nextElementSibling"),
    ArrowUp: (cell) => across(cell, "previousElementSibling"),
    Home: (cell) => cell.closest("tr").querySelector("a.cell"),
    End: (cell) => Array.from(cell.closest("tr").querySelectorAll("a.cell")).pop(),
  };
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest && event.target.closest("[data-cells] a.cell");
    const move = cell && !event.altKey && !event.metaKey && MOVES[event.key];
    if (!move) return;
    const table = cell.closest("[data-cells]");
    const all = cells(table);
    event.preventDefault();
    go(table, event.ctrlKey && event.key === "Home" ? all[0] : event.ctrlKey && event.key === "End" ? all[all.length - 1] : move(cell));
  });

  let opened = null;
  document.addEventListener("click", (event) => {
    const cell = event.target.closest && event.target.closest("[data-cells] a.cell");
    if (!cell || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
    event.preventDefault();
    opened = cell;
    cells(cell.closest("[data-cells]")).forEach((other) => { other.tabIndex = other === cell ? 0 : -1; });
    window.htmx.ajax("GET", cell.getAttribute("href"), { target: "#dialogs", swap: "innerHTML", source: document.body });
  });
  document.addEventListener("close", (event) => { // back to where one was
    if (event.target.id === "cell" && opened && opened.isConnected) opened.focus();
  }, true);

  document.addEventListener("htmx:afterSettle", roveAll);
  document.addEventListener("DOMContentLoaded", roveAll);
})();
