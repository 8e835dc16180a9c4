// The desk's keys, and what stays in place when an act has been done. Everything works without it.

"use strict";

let currentId = null; // the candidate or row that the keys speak of

function stops() {
  return [...document.querySelectorAll("[data-candidate], tr[data-row]")];
}

function current() {
  const focused = document.activeElement?.closest?.("[data-candidate], tr[data-row]");
  return focused ?? stops().find((one) => one.id && one.id === currentId) ?? null;
}

function go(step) {
  const all = stops();
  const at = all.indexOf(current());
  const next = all[at === -1 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  if (!next) return;
  currentId = next.id || null;
  (next.querySelector("[data-open]") ?? next).focus();
}

function press(selector, root = document) {
  const found = root?.querySelector(selector);
  found?.click();
  return Boolean(found);
}

function openRejection(candidate) {
  const fold = candidate?.querySelector('details[data-key="r"]');
  if (!fold) return;
  fold.open = true;
  fold.querySelector("select").focus();
}

const KEY_ACTS = {
  j: () => go(1),
  k: () => go(-1),
  a: () => press('button[data-key="a"]', current()),
  r: () => openRejection(current()),
  u: () => press('button[data-key="u"]'),
  n: () => document.getElementById("note-note-")?.focus(),
  x: () => press('input[name="case"]', current()),
  "/": () => document.getElementById("filter-q")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !singleKeysAreOn()) return;
  if (document.querySelector("dialog[open]")) return;
  const act = KEY_ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("focusin", (event) => {
  const candidate = event.target.closest?.("[data-candidate]");
  if (candidate) currentId = candidate.id;
});

// When an act has been done, whatever had the focus may be gone: it goes to the candidate, or to what has to be read.
function settle() {
  const heading = document.querySelector("[data-focus]");
  if (heading) {
    heading.focus();
    return;
  }
  if (document.querySelector("[data-error-summary]")) return;
  const lost = !document.activeElement || document.activeElement === document.body;
  if (lost && currentId) document.getElementById(currentId)?.focus({ preventScroll: true });
}

// What somebody has opened to read stays open, though the answer knows nothing of it; the box of the act itself closes.
// Where the candidate stood on the screen it stands afterwards, though what is above has grown.
let opened = [];
let stood = null;

function beforeAct(event) {
  const form = event.target.closest?.("form");
  if (!form) return;
  const fold = form.closest("details.desk-fold");
  if (fold) fold.open = false;
  opened = [...document.querySelectorAll("details[id][open]")].map((one) => one.id);
  const candidate = form.closest("[data-candidate]");
  stood = candidate && { id: candidate.id, top: candidate.getBoundingClientRect().top };
}

function openAgain() {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  opened = [];
}

function standAgain() {
  const candidate = stood && document.getElementById(stood.id);
  if (candidate && !document.querySelector("[data-error-summary]")) {
    window.scrollBy(0, candidate.getBoundingClientRect().top - stood.top);
  }
  stood = null;
}

for (const button of document.querySelectorAll(".desk-bar__keys")) button.hidden = false;
document.addEventListener("htmx:before:request", beforeAct);
document.addEventListener("htmx:after:swap", openAgain);
document.addEventListener("htmx:after:swap", standAgain);
document.addEventListener("htmx:after:swap", settle);
settle();
