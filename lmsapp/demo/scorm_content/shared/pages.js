/* One page at a time; the place is kept, a check is scored. A page is a <section>; a check is a <form data-pass>. */
(() => {
  const pages = Array.from(document.querySelectorAll("section"));
  const [back, on] = document.querySelectorAll("nav button");
  const said = document.querySelector("nav p");
  const check = document.querySelector("form[data-pass]");
  const known = window.lms.begin();
  let done = ["passed", "completed", "failed"].includes(known.status);
  let here = Math.min(Math.max(parseInt(known.place, 10) || 0, 0), pages.length - 1);
  let ended = false;

  function show(page, quietly) {
    here = page;
    pages.forEach((one, n) => { one.hidden = n !== here; });
    back.hidden = here === 0;
    on.hidden = here === pages.length - 1 && Boolean(check) && !done;
    on.textContent = here < pages.length - 1 ? "Next" : "Finish";
    said.textContent = `Page ${here + 1} of ${pages.length}`;
    window.lms.place(here, (here + 1) / pages.length);
    if (here === pages.length - 1 && !check && !done) {
      done = true;
      window.lms.completed();
    }
    if (!quietly) pages[here].querySelector("h2").focus();
  }
  function finish() {
    ended = true;
    window.lms.end(true);
    said.textContent = "Finished. You can close this now.";
    back.hidden = on.hidden = true;
  }
  function score(event) {
    event.preventDefault();
    const asked = Array.from(check.querySelectorAll("fieldset"));
    let right = 0;
    asked.forEach((one, n) => {
      const given = one.querySelector("input:checked");
      const good = Boolean(given) && given.hasAttribute("data-right");
      right += good ? 1 : 0;
      window.lms.answered(n, one.id, given ? given.value : "", good);
      const words = one.querySelector(".said");
      words.dataset.right = good ? "yes" : "no";
      words.textContent = (good ? "Right. " : "Not right. ") + one.dataset.why;
    });
    const percent = Math.round((100 * right) / asked.length);
    const passed = percent >= Number(check.dataset.pass);
    window.lms.scored(percent, passed);
    done = true;
    const result = check.querySelector(".result");
    result.hidden = false;
    result.textContent = `${right} of ${asked.length} right. ${passed ? "You have passed." : "Not enough yet: read the remarks, change your answers and try again."}`;
    result.focus();
    show(here, true);
  }
  back.addEventListener("click", () => show(here - 1));
  on.addEventListener("click", () => (here < pages.length - 1 ? show(here + 1) : finish()));
  if (check) check.addEventListener("submit", score);
  window.addEventListener("pagehide", () => { if (!ended) window.lms.end(false); });
  show(here, true);
})();
