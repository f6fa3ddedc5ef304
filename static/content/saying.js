/* What the wrapper says in words: how saving stands, and one notice with what can be done about it. */
(function () {
  "use strict";
  const space = (window.lmsPlayer = window.lmsPlayer || {});

  function makeSaying($, words, tell) {
    function showSaved(state) {
      document.body.dataset.state = state;
      $("saved").textContent = words[state === "saving" ? "saved" : state];
      tell(state === "saved" ? "saved" : "unsaved", { calm: state === "saving", refused: state === "refused" });
    }
    /* '' takes it away. `buttons`: [label, what it does], `urgent`: it interrupts a screen reader. */
    function notice(text, buttons, urgent) {
      const row = $("notice");
      row.hidden = !text;
      row.setAttribute("role", urgent ? "alert" : "status");
      $("notice-words").textContent = text;
      $("notice-acts").replaceChildren(...(buttons || []).map(([label, act]) => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "btn btn-s";
        made.textContent = label;
        made.addEventListener("click", act);
        return made;
      }));
    }
    return { showSaved, notice };
  }
  space.makeSaying = makeSaying;
})();
