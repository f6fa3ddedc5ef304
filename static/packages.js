/* Sending a large ZIP: how much of it has arrived, and a way to stop. Without script the form is sent as it is. */
(() => {
  "use strict";
  const MEGABYTE = 1024 * 1024;
  let request = null;

  function words(form, key, values) {
    const said = form.querySelector("[data-said]");
    let text = said.getAttribute(`data-words-${key}`);
    Object.entries(values || {}).forEach(([name, value]) => { text = text.replace(`{${name}}`, value); });
    said.textContent = text;
  }
  function show(form, shown) {
    const box = form.querySelector("[data-sending]");
    box.hidden = false;
    box.querySelector("progress").hidden = !shown;
    box.querySelector("[data-stop]").hidden = !shown;
    form.querySelectorAll("button:not([type=button])").forEach((button) => { button.disabled = shown; });
  }
  /* The page that came back holds the same form with what is to be put right. */
  function putRight(form, html) {
    const answered = new DOMParser().parseFromString(html, "text/html").getElementById(form.id);
    if (!answered) { window.location.reload(); return; }
    form.replaceWith(document.adoptNode(answered));
    const summary = answered.querySelector(".summary");
    if (summary) summary.focus();
  }
  /* Another fragment of the page one is on would load nothing. */
  function goTo(address) {
    address.hash = "package";
    if (address.pathname !== window.location.pathname) { window.location.assign(address.href); return; }
    window.history.replaceState(null, "", address.href);
    window.location.reload();
  }
  function ended(form) {
    const { status, responseURL, responseText } = request;
    request = null;
    if (status === 200) goTo(new URL(responseURL));
    else if (status === 413) { show(form, false); words(form, "large", { mb: "500+" }); }
    else if (status === 422) putRight(form, responseText);
    else { show(form, false); words(form, "lost"); }
  }
  function send(form, file) {
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (event) => {
      const n = event.lengthComputable ? Math.round(100 * event.loaded / event.total) : 0;
      form.querySelector("progress").value = n;
      if (n < 100) words(form, "sending", { name: file.name, n });
      else words(form, "here");
    });
    request.addEventListener("load", () => ended(form));
    ["error", "abort"].forEach((name) => request.addEventListener(name, () => {
      request = null;
      show(form, false);
      if (name === "error") words(form, "lost");
      else form.querySelector("[data-sending]").hidden = true; // somebody stopped it
    }));
    request.send(new FormData(form));
  }
  /* Before app.js, which would mark the form as sent and let it go only once. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-package]")) return;
    const file = form.querySelector("input[type=file]").files[0];
    if (!file) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (request) return;
    const too_large = file.size > Number(form.dataset.package) * MEGABYTE;
    show(form, !too_large);
    if (too_large) { words(form, "large", { mb: Math.round(file.size / MEGABYTE) }); return; }
    words(form, "sending", { name: file.name, n: 0 });
    send(form, file);
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-stop]") && request) request.abort();
  });
  window.addEventListener("beforeunload", (event) => { if (request) event.preventDefault(); });
})();
