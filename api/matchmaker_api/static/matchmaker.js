// What the pages gain where JavaScript runs. Everything works without it.

"use strict";

// Errors of a form, on a page of their own or swapped in: read out first, and left by the links in them.
function focusErrors(root) {
  const summary = root.querySelector("[data-error-summary]:not([data-told])");
  if (!summary) return;
  summary.dataset.told = "yes"; // once: what is swapped in later must not take the focus from who is typing
  summary.focus();
}

// Keyboard help. Single keys can be turned off (WCAG 2.1.4); pages with keys of their own ask singleKeysAreOn().
const KEYS = "matchmaker:single-keys";

function singleKeysAreOn() {
  return read("localStorage", KEYS) !== "off";
}

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  const help = document.querySelector("dialog[data-keyboard-help]");
  if (help && event.key === "?" && !isTyping(event.target) && singleKeysAreOn() && !help.open) {
    event.preventDefault();
    help.showModal();
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens-dialog]");
  if (opener) document.getElementById(opener.dataset.opensDialog)?.showModal();
});

function showSingleKeys() {
  for (const box of document.querySelectorAll("input[data-single-keys]")) {
    box.checked = singleKeysAreOn();
    box.addEventListener("change", () => write("localStorage", KEYS, box.checked ? "on" : "off"));
  }
}

// What was typed in a form with data-keep="name" is kept in this tab until a page with data-kept-done="name" says that
// the server has it. It is put back over what the server filled in only where that is what the typing began with;
// where the server has something newer, only into fields that are empty.
function read(storage, key) {
  try {
    return window[storage].getItem(key);
  } catch {
    return null; // storage is turned off, and the very name of it throws: nothing is kept, and nothing breaks
  }
}

function write(storage, key, value) {
  try {
    if (value === null) window[storage].removeItem(key);
    else window[storage].setItem(key, value);
  } catch {
    // as above
  }
}

function keyOf(form) {
  return `matchmaker:form:${form.dataset.keep}`;
}

function typedFields(form) {
  const left = ["hidden", "password", "file", "submit", "button"];
  return [...form.elements].filter((field) => field.name && !left.includes(field.type));
}

function isChoice(field) {
  return field.type === "radio" || field.type === "checkbox";
}

// Every field with its value; of choices those that are made.
function contentOf(form) {
  return typedFields(form)
    .filter((field) => !isChoice(field) || field.checked)
    .map((field) => [field.name, field.value]);
}

// What the server had when the typing began, by form.
const begun = new WeakMap();

function keepTyped(form) {
  const typed = contentOf(form);
  const kept = { begun: begun.get(form), typed };
  write("sessionStorage", keyOf(form), JSON.stringify(typed) === kept.begun ? null : JSON.stringify(kept));
}

// Tells whether anything was put back.
function restoreTyped(form) {
  const kept = JSON.parse(read("sessionStorage", keyOf(form)) ?? "null");
  const filled = JSON.stringify(contentOf(form));
  if (!kept?.typed || filled === JSON.stringify(kept.typed)) return false;
  return kept.begun === filled ? putBackAll(form, kept.typed) : putBackMissing(form, kept.typed);
}

function putBackAll(form, typed) {
  const chosen = new Set(typed.map(([name, value]) => JSON.stringify([name, value])));
  const values = new Map(typed);
  for (const field of typedFields(form)) {
    if (isChoice(field)) field.checked = chosen.has(JSON.stringify([field.name, field.value]));
    else if (values.has(field.name)) field.value = values.get(field.name);
  }
  return true;
}

function putBackMissing(form, typed) {
  const fields = typedFields(form);
  const chosen = new Set(fields.filter((field) => isChoice(field) && field.checked).map((field) => field.name));
  let restored = false;
  for (const [name, value] of typed) {
    const field = fields.find((one) => one.name === name && (!isChoice(one) || one.value === value));
    if (!field || value === "") continue;
    if (isChoice(field) && !chosen.has(name)) {
      field.checked = true;
      restored = true;
    } else if (!isChoice(field) && field.value === "") {
      field.value = value;
      restored = true;
    }
  }
  return restored;
}

function keepForm(form) {
  const region = document.querySelector("[data-kept-status]");
  const clear = document.querySelector("[data-kept-clear]");
  begun.set(form, JSON.stringify(contentOf(form)));
  if (restoreTyped(form) && region) {
    region.textContent = region.dataset.message;
    region.classList.add("mm-notice");
    if (clear) clear.hidden = false;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.addEventListener("input", () => keepTyped(form));
  form.addEventListener("change", () => keepTyped(form));
  clear?.addEventListener("click", () => {
    write("sessionStorage", keyOf(form), null);
    for (const field of typedFields(form)) {
      if (isChoice(field)) field.checked = false;
      else field.value = "";
    }
    region.textContent = "";
    region.classList.remove("mm-notice");
    clear.hidden = true;
    typedFields(form)[0]?.focus();
  });
}

// What was sent from a form that stays on the page is no longer being typed in it: told once, by data-kept-sent="name".
function forgetSent() {
  for (const sent of document.querySelectorAll("[data-kept-sent]")) {
    write("sessionStorage", `matchmaker:form:${sent.dataset.keptSent}`, null);
    for (const form of document.querySelectorAll(`form[data-keep="${CSS.escape(sent.dataset.keptSent)}"]`)) form.reset();
    sent.remove(); // what is swapped in later must not take what is typed by then
  }
}

function begin(root) {
  forgetSent();
  for (const done of document.querySelectorAll("[data-kept-done]")) {
    write("sessionStorage", `matchmaker:form:${done.dataset.keptDone}`, null);
    for (const form of document.querySelectorAll(`form[data-keep="${CSS.escape(done.dataset.keptDone)}"]`)) {
      begun.set(form, JSON.stringify(contentOf(form)));
    }
  }
  for (const form of root.querySelectorAll("form[data-keep]:not([data-keeping])")) {
    form.dataset.keeping = "yes";
    keepForm(form);
  }
  focusErrors(root);
}

// A session ends when nothing is done for long. That is told two minutes before, and can be put off (WCAG 2.2.1).
function watchSession(dialog) {
  const warned = Math.max(1, Number(dialog.dataset.sessionMinutes) - 2) * 60_000;
  let timer;
  const used = () => {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.open || dialog.showModal(), warned);
  };
  dialog.querySelector("[data-stay]").addEventListener("click", () => {
    fetch("/account", { method: "HEAD" }).then(used, used);
  });
  document.addEventListener("submit", used);
  document.querySelector("form[data-saves]")?.addEventListener("input", used);
  used();
}

begin(document);
showSingleKeys();
for (const dialog of document.querySelectorAll("dialog[data-session-minutes]")) watchSession(dialog);
document.addEventListener("htmx:after:swap", () => begin(document));
