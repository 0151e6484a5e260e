// The cards of the map: arrows walk along reporting and to neighbours, Enter opens, a card is
// carried onto the one it reports to by mouse, or by r, arrows and Enter.
import { announce } from "../../core/js/dom.js";

const SLACK = 6;
const REST = 120;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export class Cards {
  constructor(map) {
    this.map = map;
    this.all = [];
    const frame = map.frame;
    map.view.carries = (event) => this.grab(event);
    frame.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, (event) => this.drop(event));
    frame.addEventListener("keydown", (event) => this.key(event));
    frame.addEventListener("click", (event) => this.click(event));
    frame.addEventListener("focusin", (event) => this.focused(event));
    frame.addEventListener("focusout", () => this.rest(null));
    frame.addEventListener("pointerover", (event) => this.rest(event.target.closest("[data-card]")));
    frame.addEventListener("pointerleave", () => this.rest(null));
  }

  attach(svg) {
    this.cancel();
    this.svg = svg;
    svg?.setAttribute("tabindex", "-1");
    this.all = svg ? [...svg.querySelectorAll("[data-card]")] : [];
    this.byId = new Map(this.all.map((card) => [card.dataset.card, card]));
    for (const card of this.all) card.setAttribute("tabindex", "-1");
    const chosen = this.byId.get(this.remember) ?? this.all[0];
    chosen?.setAttribute("tabindex", "0");
    this.lit = null;
    if (this.hadFocus) chosen?.focus({ preventScroll: true });
    this.hadFocus = false;
    this.lines = new Map();
    for (const line of svg?.querySelectorAll("[data-target]") ?? []) {
      for (const id of [line.dataset.source, line.dataset.target]) {
        if (id) this.lines.set(id, [...(this.lines.get(id) ?? []), line]);
      }
    }
  }

  places() {
    return new Map(this.all.map((card) => [card.dataset.card, at(card)]));
  }

  // Who moved since the last sheet comes from where he was.
  glide(before) {
    if (!before.size || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const moved = this.all.filter((card) => {
      const was = before.get(card.dataset.card);
      return was && (was.x !== at(card).x || was.y !== at(card).y);
    });
    for (const card of moved.slice(0, 60)) {
      const [was, now] = [before.get(card.dataset.card), at(card)];
      card.animate(
        [{ transform: `translate(${was.x}px, ${was.y}px)` }, { transform: `translate(${now.x}px, ${now.y}px)` }],
        { duration: 180, easing: "cubic-bezier(0.2, 0, 0, 1)" },
      );
    }
  }

  // Lines light up where the pointer rests, not under everything it passes.
  rest(card) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (!this.held) this.light(card);
    }, REST);
  }

  // The rest fades layer by layer, and copies of the lit lines stand above: to style each of many
  // hundred lines anew would hold the page up.
  light(card) {
    if (!this.svg || this.lit === card) return;
    this.lit = card;
    for (const copy of this.svg.querySelectorAll(".map-lit")) copy.remove();
    const mine = new Set(this.lines.get(card?.dataset.card));
    for (const layer of this.svg.querySelectorAll(".map-layer-lines")) {
      layer.classList.toggle("dim", mine.size > 0);
      const copies = [...layer.children].filter((line) => mine.has(line)).map((line) => line.cloneNode(true));
      if (!copies.length) continue;
      const above = layer.cloneNode(false);
      above.setAttribute("class", layer.getAttribute("class").replace("map-layer-lines", "map-lit").replace("dim", ""));
      above.setAttribute("aria-hidden", "true");
      above.append(...copies);
      layer.after(above);
    }
  }

  focused(event) {
    const card = event.target.closest("[data-card]");
    if (!card) return;
    for (const one of this.all) if (one.tabIndex === 0) one.setAttribute("tabindex", "-1");
    card.setAttribute("tabindex", "0");
    this.remember = card.dataset.card;
    this.rest(card);
    if (card.matches(":focus-visible")) this.map.view.show(card);
  }

  click(event) {
    const card = event.target.closest("[data-card]");
    if (!card || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (this.picked) this.choose(card);
    else this.map.open(card);
  }

  key(event) {
    const card = event.target.closest("[data-card]");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!card) {
      // The sheet itself was clicked: the arrows begin where one was.
      if (event.target === this.svg && ARROWS[event.key]) this.all.find((one) => one.tabIndex === 0)?.focus();
      return;
    }
    if (ARROWS[event.key]) this.toward(card, event.key)?.focus();
    else if (event.key === "Enter" && this.picked) this.choose(card);
    else if (event.key === "Enter" || event.key === " ") this.map.open(card);
    else if (event.key === "r" && this.map.mayChange) this.pick(card);
    else if (event.key === "Escape" && this.picked) this.cancel();
    else if (["Backspace", "Delete"].includes(event.key) && this.picked) this.settle("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  toward(card, key) {
    if (key === "ArrowUp" && this.byId.has(card.dataset.boss)) return this.byId.get(card.dataset.boss);
    const here = at(card);
    const [right, down] = ARROWS[key];
    const reports = this.all.filter((one) => one.dataset.boss === card.dataset.card && at(one).y > here.y);
    const field = key === "ArrowDown" && reports.length ? reports : this.all;
    const ahead = field.filter((one) => one !== card && (right ? right * (at(one).x - here.x) > 0 : down * (at(one).y - here.y) > 0));
    const cost = (one) => {
      const [dx, dy] = [Math.abs(at(one).x - here.x), Math.abs(at(one).y - here.y)];
      return right ? dx + 8 * dy : dy * 2 + dx;
    };
    return ahead.reduce((best, one) => (!best || cost(one) < cost(best) ? one : best), null);
  }

  // --- whom somebody reports to

  pick(card) {
    this.cancel();
    this.picked = card;
    this.mark(card);
    this.ask(this.map.words.choose.replace("{name}", name(card)));
  }

  // Everybody may be above but the card itself, whoever is above it now, and its own people.
  mark(card) {
    card.classList.add("carried");
    const own = new Set([card.dataset.card]);
    for (const one of [...this.all].sort((a, b) => at(a).y - at(b).y)) if (own.has(one.dataset.boss)) own.add(one.dataset.card);
    for (const one of this.all) one.classList.toggle("may-take", !own.has(one.dataset.card) && one.dataset.card !== card.dataset.boss);
  }

  choose(card) {
    if (card === this.picked) return this.cancel();
    if (!card.classList.contains("may-take")) return announce(this.map.words.may_not);
    return this.settle(card.dataset.card);
  }

  settle(to) {
    const card = this.picked;
    this.cancel();
    if ((card.dataset.boss ?? "") === to) return;
    this.hadFocus = this.svg.contains(document.activeElement);
    this.map.send(card, to);
  }

  cancel() {
    for (const one of this.all) one.classList.remove("may-take", "carried");
    this.picked = null;
    this.ask("");
  }

  ask(sentence) {
    const asks = this.map.root.querySelector("[data-asks]");
    asks.textContent = sentence;
    asks.hidden = !sentence;
    if (sentence) announce(sentence);
  }

  // --- by mouse

  grab(event) {
    const card = event.target.closest("[data-card]");
    if (!card || this.picked || !this.map.mayChange || event.pointerType === "touch") return false;
    this.held = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId };
    return true;
  }

  drag(event) {
    const held = this.held;
    if (held?.pointer !== event.pointerId) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!this.map.view.moved) {
      if (Math.hypot(dx, dy) < SLACK) return;
      this.map.view.moved = true;
      this.mark(held.card);
      held.card.parentNode.append(held.card);
      held.card.setAttribute("pointer-events", "none");
      this.map.frame.setPointerCapture(held.pointer);
    }
    const { x, y } = at(held.card);
    const k = this.map.view.k;
    held.card.setAttribute("transform", `translate(${(x + dx / k).toFixed(1)} ${(y + dy / k).toFixed(1)})`);
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-card].may-take") ?? null;
    if (over === held.over) return;
    held.over?.classList.remove("chosen");
    over?.classList.add("chosen");
    held.over = over;
    this.ask(over ? this.map.words.will.replace("{name}", name(held.card)).replace("{above}", name(over)) : "");
  }

  drop(event) {
    const held = this.held;
    if (held?.pointer !== event.pointerId) return;
    this.held = null;
    if (!this.map.view.moved) return;
    const { x, y } = at(held.card);
    held.card.setAttribute("transform", `translate(${x} ${y})`);
    held.card.removeAttribute("pointer-events");
    held.over?.classList.remove("chosen");
    this.cancel();
    if (held.over && event.type === "pointerup") {
      this.remember = held.card.dataset.card;
      this.hadFocus = false;
      this.map.send(held.card, held.over.dataset.card);
    }
  }
}

function at(card) {
  const [x, y] = card.dataset.at.split(" ").map(Number);
  return { x, y };
}

function name(card) {
  return card.querySelector(".card-name").textContent;
}
