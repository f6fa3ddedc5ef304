/* Runs before the first paint, so that a chosen scheme never flashes the other one, and marks that script is there at all:
   [data-js] in design.css hides what only makes sense without it. Blocking and tiny on purpose. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.dataset.js = "";
  try {
    var chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch (e) { /* storage may be forbidden; then the system decides */ }
})();
