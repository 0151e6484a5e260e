// The decision-chain map: what its tools do. Panning and zooming are in chain-view.js, walking from
// card to card and carrying one to another in chain-cards.js, time in chain-moments.js.
import { fresh } from "../../core/js/dom.js";
import { Cards } from "./chain-cards.js";
import { Moments } from "./chain-moments.js";
import { View } from "./chain-view.js";

class ChainMap {
  constructor(root) {
    this.root = root;
    this.words = JSON.parse(root.dataset.words || "{}");
    this.sheet = root.querySelector("[data-map-sheet]");
    this.frame = root.querySelector("[data-map-frame]");
    this.view = new View(this.frame, root.querySelector("[data-scale]"));
    this.cards = new Cards(this);
    this.moments = new Moments(this);
    for (const hidden of root.querySelectorAll("[data-map-buttons]")) hidden.hidden = false;
    root.addEventListener("click", (event) => this.press(event));
    root.addEventListener("keydown", (event) => this.key(event));
    this.sheet.addEventListener("htmx:afterSwap", () => this.drawn());
    addEventListener("beforeprint", () => this.view.whole());
    addEventListener("afterprint", () => this.view.back());
    this.drawn();
  }

  get mayChange() {
    return this.root.dataset.mayChange === "true" && !this.moments.past;
  }

  // A sheet has come: at first, after a change, from another moment.
  drawn() {
    const before = this.cards.places();
    this.view.attach(this.sheet.querySelector("[data-map-svg]"));
    this.cards.attach(this.sheet.querySelector("[data-map-svg]"));
    this.cards.glide(before);
    const shown = this.sheet.querySelector("[data-map-view]").dataset;
    this.root.querySelector("[data-gap-count]").value = shown.gaps;
    this.moments.said(shown.said);
  }

  load(query) {
    return window.htmx.ajax("GET", this.root.dataset.url + query, { source: this.sheet, target: this.sheet, swap: "innerHTML" });
  }

  // Whom a person reports to, nobody when `to` is empty, in place of whom the map shows above him.
  send(card, to) {
    this.cards.remember = card.dataset.card;
    return window.htmx.ajax("POST", `/stakeholders/${card.dataset.card}/reports-to/`, {
      source: this.sheet, target: this.sheet, swap: "innerHTML",
      values: { reports_to: to, seen: card.dataset.boss ?? "" },
    });
  }

  open(card) {
    window.htmx.ajax("GET", card.getAttribute("href"), { source: this.sheet, target: "#dialog", swap: "innerHTML" });
  }

  async press(event) {
    const zoom = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (zoom === "fit") this.view.fit();
    else if (zoom) this.view.zoom(zoom === "in" ? 1.25 : 0.8);
    const saver = event.target.closest("[data-picture]");
    if (!saver) return;
    saver.disabled = true;
    const { savePicture } = await import("./chain-picture.js");
    await savePicture(this.view, this.root.dataset.file).finally(() => { saver.disabled = false; });
    saver.focus();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=range]")) return;
    if (event.key === "+" || event.key === "=") this.view.zoom(1.25);
    else if (event.key === "-") this.view.zoom(0.8);
    else if (event.key === "0") this.view.fit();
    else return;
    event.preventDefault();
  }
}

function mount(root) {
  for (const map of fresh(root, "[data-chain-map]")) new ChainMap(map);
}

mount(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) mount(event.detail.elt);
});
