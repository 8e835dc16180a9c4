// The form and the status of Matchmaker on a municipality's own site:
//
//   <matchmaker-widget municipality="2580" language="sv"><a href="…">Beskriv en utmaning</a></matchmaker-widget>
//   <script src="https://…/static/widget.js" async></script>
//
// The pages stand in a frame of Matchmaker's: this site sees nothing of what is written in it, and holds no key. The
// link inside the element is what is seen until the frame has answered, and stays where it does not: without
// JavaScript, and on sites that the operator has not named.

"use strict";

(() => {
  const server = new URL(document.currentScript.src).origin;
  const pages = { form: "new", status: "open" };
  const titles = {
    sv: { form: "Beskriv en utmaning för universitetet", status: "Följ en utmaning som ni har skickat" },
    en: { form: "Describe a challenge for the university", status: "Follow a challenge that you have sent" },
  };
  const tallest = 30_000;

  class MatchmakerWidget extends HTMLElement {
    #frame = document.createElement("iframe");
    #link = document.createElement("slot");
    #isRead = false;
    #listen = (event) => {
      if (event.origin === server && event.source === this.#frame.contentWindow) this.#take(event.data?.matchmaker);
    };

    connectedCallback() {
      window.addEventListener("message", this.#listen);
      if (this.shadowRoot) return;
      const view = this.getAttribute("view") === "status" ? "status" : "form";
      const language = this.#language();
      const address = new URL(`/embed/${language}/challenges/${pages[view]}`, server);
      const municipality = this.getAttribute("municipality");
      if (municipality && view === "form") address.searchParams.set("municipality", municipality);
      this.#frame.src = address;
      this.#frame.title = titles[language][view];
      this.#frame.allow = "clipboard-write"; // for the button that copies the private link
      // Not by a style sheet: the site's content policy may forbid one that a script makes.
      Object.assign(this.#frame.style, { border: "0", display: "none", height: "0", width: "100%" });
      this.#frame.addEventListener("load", () => this.#frame.contentWindow.postMessage({ matchmaker: "hello" }, server));
      this.attachShadow({ mode: "open" }).append(this.#link, this.#frame);
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.#listen);
    }

    #language() {
      const asked = this.getAttribute("language") ?? this.closest("[lang]")?.lang ?? "";
      const code = asked.toLowerCase().split("-")[0];
      return code in titles ? code : "sv";
    }

    #take(message) {
      if (Number.isFinite(message?.height)) this.#grow(message.height);
      if (Number.isFinite(message?.place)) this.#show(message.place);
    }

    #grow(height) {
      this.#link.style.display = "none";
      Object.assign(this.#frame.style, { display: "block", height: `${Math.min(Math.max(height, 0), tallest)}px` });
    }

    // The frame is as high as its page, so that this site's window has to move to what is to be seen in it: the head of
    // the next page, a field with an error. The first page is shown where the site has it.
    #show(place) {
      const top = this.#frame.getBoundingClientRect().top + place;
      if (this.#isRead && (top < 0 || top > window.innerHeight / 2)) window.scrollBy(0, top - 16);
      this.#isRead = true;
    }
  }

  if (!customElements.get("matchmaker-widget")) customElements.define("matchmaker-widget", MatchmakerWidget);
})();
