// A page in a frame on another site: tells widget.js there how high it is and what is to be seen, and nothing else.

"use strict";

const about = document.querySelector("meta[name=matchmaker-frame]");
const inFrame = location.pathname.match(/^\/embed\/[a-z]+\/challenges\//)[0];
const sites = [location.origin, ...about.content.split(" ")];

// The site around is known when it has greeted. The content policy lets no other show this page; that the greeting
// comes from one of them is looked at all the same, and what is told is told to it alone.
let site = null;

function tell(message) {
  if (site) window.parent.postMessage({ matchmaker: message }, site);
}

function tellHeight() {
  tell({ height: Math.ceil(document.body.getBoundingClientRect().height) });
}

function tellPlace() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  tell({ place: place ? Math.floor(place.getBoundingClientRect().top) : 0 });
}

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || !sites.includes(event.origin) || event.data?.matchmaker !== "hello") return;
  site = event.origin;
  tellHeight();
  tellPlace();
});
window.addEventListener("hashchange", tellPlace);
new ResizeObserver(tellHeight).observe(document.body);

// Links out of the frame open beside it: other pages refuse to be shown in one.
for (const link of document.querySelectorAll("a[href]")) {
  const staysHere = link.origin === location.origin && /^\/embed\//.test(link.pathname);
  if (staysHere || !/^https?:$/.test(link.protocol)) continue;
  link.target = "_blank";
  link.rel = "noopener";
  const told = document.createElement("span");
  told.className = "sr-only";
  told.textContent = ` (${about.dataset.newTab})`;
  link.append(told);
}

// The site around knows no private link, and loads the frame anew with every page of its own. Where one was is kept in
// this tab, for this frame on this site, and offered where one begins.
const KEPT = "matchmaker:frame:challenge";
const token = location.pathname.slice(inFrame.length).split("/")[0];
const resume = document.querySelector("[data-frame-resume]");
if (token === "thrown-away") {
  write("sessionStorage", KEPT, null);
} else if (token === "new" || token === "open") {
  const kept = read("sessionStorage", KEPT);
  if (kept) {
    resume.querySelector("a").href = inFrame + kept;
    resume.hidden = false;
  }
} else if (about.hasAttribute("data-keeps")) {
  write("sessionStorage", KEPT, token);
} else if (read("sessionStorage", KEPT) === token) {
  write("sessionStorage", KEPT, null); // it opens nothing any more
}
