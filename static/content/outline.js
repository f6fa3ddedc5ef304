/* The parts of a package: a list beside the content, a sheet over it on narrow screens. Each says how it stands, and why
   it cannot be opened yet. */
(function () {
  "use strict";
  const space = (window.lmsPlayer = window.lmsPlayer || {});
  const NARROW = "(max-width: 56rem)";

  function makeOutline(panel, button, words, sprite, onChoose) {
    const list = panel.querySelector("[data-list]");
    const narrow = window.matchMedia(NARROW);

    function icon(name) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      svg.setAttribute("class", "i");
      svg.setAttribute("aria-hidden", "true");
      use.setAttribute("href", sprite + "#" + name);
      svg.append(use);
      return svg;
    }
    function look(one) {
      if (one.success === "passed") return ["done", words.passed];
      if (one.success === "failed") return ["alert", words.failed];
      if (one.completion === "completed") return ["done", words.completed];
      if (one.completion === "browsed") return ["eye", words.browsed];
      if (one.completion === "incomplete") return ["half", words.begun];
      return ["ring", words.not_begun];
    }
    function text(tag, said, kind) {
      const made = document.createElement(tag);
      made.textContent = said;
      if (kind) made.className = kind;
      return made;
    }
    function row(one, items, here, may) {
      const line = document.createElement("li");
      const under = items.filter((child) => child.parent === one.id && child.visible !== false);
      if (one.kind === "folder" || one.href === null || one.href === undefined) line.append(text("span", one.title, "part-group"));
      else line.append(part(one, here, may(one.id)));
      if (under.length) {
        const inner = document.createElement("ul");
        inner.append(...under.map((child) => row(child, items, here, may)));
        line.append(inner);
      }
      return line;
    }
    function part(one, here, why) {
      const made = document.createElement("button");
      const [sign, word] = look(one);
      made.type = "button";
      made.className = "part";
      made.dataset.part = one.id;
      const label = document.createElement("span");
      label.className = "part-words";
      label.append(text("span", one.title), text("span", why || (one.id === here ? words.here : word), "part-state"));
      if (sign === "done" && !why) made.dataset.good = "";
      if (sign === "alert" && !why) made.dataset.bad = "";
      if (one.id === here) made.setAttribute("aria-current", "page");
      if (why) made.setAttribute("aria-disabled", "true");
      made.append(icon(why ? "lock" : sign), label);
      return made;
    }
    /* `may(id)` answers '' or why not, in words. */
    function draw(items, here, may) {
      const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.part : "";
      list.replaceChildren(...items.filter((one) => !one.parent && one.visible !== false).map((one) => row(one, items, here, may)));
      const again = focused && list.querySelector('[data-part="' + CSS.escape(focused) + '"]');
      if (again) again.focus();
      else if (!panel.hidden) {
        const current = list.querySelector("[aria-current]");
        if (current) current.scrollIntoView({ block: "nearest" });
      }
      const parts = space.played(items).filter((one) => one.visible !== false);
      panel.querySelector("[data-count]").textContent = words.parts_done.replace("{n}", parts.filter(space.isDone).length).replace("{all}", parts.length);
    }
    function open(is) {
      panel.hidden = !is;
      document.body.classList.toggle("with-outline", is);
      button.setAttribute("aria-expanded", String(is));
      document.querySelector("[data-stage]").inert = is && narrow.matches;
    }
    function toggle(is) {
      open(is);
      if (is && narrow.matches) (list.querySelector("[aria-current]") || list.querySelector("button") || panel).focus();
    }
    button.addEventListener("click", () => toggle(panel.hidden));
    panel.querySelector("[data-shut]").addEventListener("click", () => { toggle(false); button.focus(); });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || panel.hidden || !narrow.matches) return;
      toggle(false);
      button.focus();
    });
    list.addEventListener("click", (event) => {
      const pressed = event.target.closest("[data-part]");
      if (!pressed) return;
      if (pressed.getAttribute("aria-current")) { if (narrow.matches) { toggle(false); button.focus(); } return; }
      onChoose(pressed.dataset.part, pressed.getAttribute("aria-disabled") === "true");
    });
    list.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const all = Array.from(list.querySelectorAll("button"));
      const next = all[all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { next.focus(); event.preventDefault(); }
    });
    narrow.addEventListener("change", () => { if (!button.hidden) open(!narrow.matches); }); // turned; of one part there is nothing to list
    open(!narrow.matches);
    return { draw, shut: () => { if (narrow.matches) open(false); } };
  }
  space.makeOutline = makeOutline;
})();
