/* The end of a part or lesson, in a row of its own below the content, and the countdown that leads out. Whoever still
   works in the content is not sent away: any key, press or scroll there holds the countdown. */
(function () {
  "use strict";
  const space = (window.lmsPlayer = window.lmsPlayer || {});
  const HOLD = 3000; // ms after the last sign of work; then the countdown begins anew

  function makeEnd(row, said, words, acts) {
    const title = row.querySelector("[data-end-title]");
    const more = row.querySelector("[data-end-more]");
    const clock = row.querySelector("[data-end-clock]");
    const buttons = { exit: row.querySelector("[data-exit]"), next: row.querySelector("[data-next-part]"), stay: row.querySelector("[data-stay]") };
    let left = 0, whole = 0, ticking = 0, heldUntil = 0, shown = "";

    function show(kind, options) {
      const how = { seconds: 0, next: false, ...options };
      if (shown === kind) return;
      shown = kind;
      stop();
      title.textContent = words[kind];
      more.textContent = words[kind + "_more"] || "";
      more.hidden = !more.textContent;
      buttons.next.hidden = !how.next;
      buttons.exit.textContent = how.leaves ? words.back : words.save_exit;
      buttons.exit.classList.toggle("btn-primary", !how.next);
      buttons.next.classList.toggle("btn-primary", Boolean(how.next));
      buttons.stay.hidden = Boolean(how.leaves);
      row.hidden = false;
      said.textContent = ""; // once, whole, and without the seconds
      setTimeout(() => { said.textContent = [words[kind], more.textContent, how.seconds ? words.closes_said.replace("{n}", how.seconds) : ""].filter(Boolean).join(" "); }, 100);
      if (how.seconds) begin(how.seconds);
      else clock.textContent = "";
    }
    function begin(seconds) {
      left = whole = seconds;
      heldUntil = 0;
      tick();
      ticking = setInterval(tick, 1000);
    }
    function tick() {
      if (Date.now() < heldUntil) {
        clock.textContent = words.held;
        left = whole;
        return;
      }
      clock.textContent = words.closes.replace("{n}", left);
      if (left <= 0) {
        stop();
        acts.exit();
      }
      left -= 1;
    }
    function stop() {
      clearInterval(ticking);
      ticking = 0;
      clock.textContent = "";
    }
    buttons.exit.addEventListener("click", () => { stop(); acts.exit(); });
    buttons.next.addEventListener("click", () => { stop(); acts.next(); });
    buttons.stay.addEventListener("click", () => {
      stop();
      row.hidden = true;
      acts.stay();
    });
    /* Work in the content, also in the frames within that we may look into. */
    function worked() { if (ticking) heldUntil = Date.now() + HOLD; }
    const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "input"];
    const watched = new WeakSet();
    function watch(frame) {
      let doc = null;
      try { doc = frame.contentDocument; } catch { /* another site: not ours to watch */ }
      if (!doc || watched.has(doc)) return;
      watched.add(doc);
      SIGNS.forEach((sign) => doc.addEventListener(sign, worked, { capture: true, passive: true }));
      const inner = () => doc.querySelectorAll("iframe, frame").forEach((one) => {
        watch(one);
        if (!watched.has(one)) one.addEventListener("load", () => watch(one));
        watched.add(one);
      });
      inner();
      if (doc.documentElement) new MutationObserver(inner).observe(doc.documentElement, { childList: true, subtree: true });
    }
    return {
      show, watch,
      again(kind, options) { if (row.hidden) { shown = ""; show(kind, options); } },
      forget() { shown = ""; row.hidden = true; stop(); },
      busy(is) { Object.values(buttons).forEach((one) => { one.disabled = is; }); if (is) { stop(); buttons.exit.textContent = words.saving_exit; } },
    };
  }
  space.makeEnd = makeEnd;
})();
