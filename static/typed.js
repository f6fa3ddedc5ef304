/* What somebody typed into a form: its fields, and which of them are not as the page came. One answer for those who ask:
   kept.js keeps it where the way to the server failed, unsaved.js asks before it is lost. */
(function () {
  "use strict";
  const NOT_TYPED = ["hidden", "submit", "button", "reset", "image"];
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";

  function now(field) {
    if ("options" in field) return Array.from(field.options, (one) => one.selected);
    if (field.type === "file") return field.files.length > 0;
    return ticks(field) ? field.checked : field.value;
  }
  function before(field) {
    if (field.type === "file") return false;
    if (!("options" in field)) return ticks(field) ? field.defaultChecked : field.defaultValue;
    const chosen = Array.from(field.options, (one) => one.defaultSelected);
    if (!field.multiple && chosen.length && !chosen.includes(true)) chosen[0] = true; // what the browser shows by itself
    return chosen;
  }
  window.Typed = {
    fields: (form) => Array.from(form.elements).filter((one) => one.name && "value" in one && !NOT_TYPED.includes(one.type)),
    now,
    isChanged: (field) => !field.disabled && JSON.stringify(now(field)) !== JSON.stringify(before(field)),
  };
})();
