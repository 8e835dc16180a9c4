// What the officer's pages gain where JavaScript runs. Everything works without it.

"use strict";

// Copying a private link.
for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const said = button.closest(".mm-link").querySelector("[data-copy-status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // not on https: the old way still works
    }
    said.textContent = button.dataset.copied;
  });
}

for (const field of document.querySelectorAll("[data-private-link]")) {
  field.addEventListener("focus", () => field.select());
}

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Saving while one writes is htmx's; here is what it says when the server is out of reach, and what is saved before a
// link leads away: the language switch, for one.
const saving = document.querySelector("form[data-saves]");
if (saving) {
  const region = document.getElementById("saved");
  let unsaved = false;
  const note = () => {
    unsaved = true;
  };
  saving.addEventListener("input", note);
  saving.addEventListener("change", note);
  // What was put back from the tab is saved as soon as htmx listens, which it begins to after a timeout of its own.
  window.addEventListener("load", () =>
    setTimeout(() => {
      if (document.querySelector("[data-kept-status]")?.textContent) saving.dispatchEvent(new Event("save-now"));
    }),
  );
  document.addEventListener("htmx:error", () => {
    region.textContent = region.dataset.unreachable;
  });
  document.addEventListener("htmx:after:swap", () => {
    unsaved = region.querySelector("[data-kept-done]") === null;
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[href]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!unsaved || !link || !plain || link.target || link.origin !== location.origin || link.hash) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(saving));
    try {
      await fetch(saving.getAttribute("hx-post"), { method: "POST", body, signal: AbortSignal.timeout(3000) });
    } catch {
      // kept in the tab
    }
    location.assign(link.href);
  });
}
