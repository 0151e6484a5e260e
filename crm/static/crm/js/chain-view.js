// Looking at the map: drag, wheel and two fingers pan; ctrl+wheel, pinching and the buttons zoom.
// Only the transform of the one <svg> changes, a layer of its own, so that nothing is styled, laid out
// or painted anew; not even a class for the time of a drag.
const SMALLEST = 0.05;
const LARGEST = 2.5;
const FAR = 0.42;
const READABLE = 0.62;
const EDGE = 80;
const SLACK = 5;
const AT_ONCE = 30;

export class View {
  constructor(frame, scale) {
    this.scale = scale;
    this.frame = frame;
    this.fingers = new Map();
    this.k = 0;
    new ResizeObserver(() => this.measure()).observe(frame);
    frame.addEventListener("pointerdown", (event) => this.down(event));
    frame.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, (event) => this.up(event));
    frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    frame.addEventListener("dragstart", (event) => event.preventDefault());
    frame.addEventListener("click", (event) => {
      if (this.moved) event.preventDefault();
    }, true);
  }

  attach(svg) {
    this.svg = svg;
    this.far = false;
    if (!svg) return;
    this.window = svg.closest("[data-map-window]");
    this.width = Number(svg.dataset.width);
    this.height = Number(svg.dataset.height);
    this.measure();
    if (this.k) this.back();
    else this.begin();
  }

  measure() {
    if (!this.svg?.isConnected) return;
    const box = this.window.getBoundingClientRect();
    this.box = { left: box.left, top: box.top, width: box.width, height: box.height };
  }

  // The whole map if it can be read so, else its upper middle.
  begin() {
    this.spread();
    this.fit();
    if (this.k >= READABLE) return;
    const first = this.svg.querySelector("[data-card]");
    this.k = READABLE;
    this.x = this.box.width / 2 - (Number.parseFloat(first.dataset.at) + 104) * this.k;
    this.y = 0;
    this.apply();
  }

  fit() {
    if (!this.svg) return;
    this.k = Math.min(1, this.box.width / this.width, this.box.height / this.height);
    this.x = (this.box.width - this.width * this.k) / 2;
    this.y = Math.max(0, (this.box.height - this.height * this.k) / 2);
    this.apply();
  }

  zoom(by, at = { x: this.box.width / 2, y: this.box.height / 2 }) {
    if (!this.svg) return;
    const k = Math.min(LARGEST, Math.max(SMALLEST, this.k * by));
    this.x = at.x - ((at.x - this.x) * k) / this.k;
    this.y = at.y - ((at.y - this.y) * k) / this.k;
    this.k = k;
    this.apply();
  }

  // Whether there was anything left to pan.
  pan(dx, dy) {
    const { x, y } = this;
    this.x += dx;
    this.y += dy;
    this.apply();
    return this.x !== x || this.y !== y;
  }

  show(card) {
    const [left, top] = card.dataset.at.split(" ").map(Number);
    const [x, y] = [left * this.k + this.x, top * this.k + this.y];
    const right = x + 208 * this.k - this.box.width + 24;
    const below = y + 92 * this.k - this.box.height + 24;
    const dx = x < 24 ? 24 - x : Math.min(0, -right);
    const dy = y < 24 ? 24 - y : Math.min(0, -below);
    if (dx || dy) this.pan(dx, dy);
  }

  apply() {
    const wide = this.width * this.k;
    const high = this.height * this.k;
    this.x = Math.min(Math.max(this.x, Math.min(0, this.box.width - wide) - EDGE), Math.max(0, this.box.width - wide) + EDGE);
    this.y = Math.min(Math.max(this.y, Math.min(0, this.box.height - high) - EDGE), Math.max(0, this.box.height - high) + EDGE);
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.svg.style.transform = `translate(${this.x.toFixed(1)}px, ${this.y.toFixed(1)}px) scale(${this.k.toFixed(4)})`;
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.settle(), 100);
    });
  }

  // Sharp at the new scale: a layer is drawn for the scale at which it was made.
  settle() {
    if (this.settled === this.k || !this.svg?.isConnected) return;
    this.settled = this.k;
    this.scale.value = `${Math.round(this.k * 100)}%`;
    this.svg.style.willChange = "auto";
    requestAnimationFrame(() => requestAnimationFrame(() => { this.svg.style.willChange = "transform"; }));
    if (this.far !== this.k < FAR) {
      this.far = this.k < FAR;
      this.fade([...this.svg.querySelectorAll("[data-card]")]);
    }
  }

  // What is too small to read goes, some cards a frame: all at once would hold the page up.
  fade(cards) {
    cancelAnimationFrame(this.fading);
    for (const card of cards.splice(0, AT_ONCE)) card.classList.toggle("far", this.far);
    if (cards.length) this.fading = requestAnimationFrame(() => this.fade(cards));
  }

  write(far) {
    for (const card of this.svg.querySelectorAll("[data-card]")) card.classList.toggle("far", far);
  }

  spread() {
    const { style } = this.svg;
    [style.inlineSize, style.blockSize, style.willChange] = [`${this.width}px`, `${this.height}px`, "transform"];
  }

  // Cards are carried by mouse and pen; with the fingers one only looks.
  down(event) {
    this.moved = false;
    if (!this.svg || !event.target.closest("[data-map-window]") || event.button > 0) return;
    this.measure();
    if (this.carries?.(event)) return;
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.from = { x: event.clientX, y: event.clientY };
  }

  move(event) {
    const last = this.fingers.get(event.pointerId);
    if (!last) return;
    const now = { x: event.clientX, y: event.clientY };
    if (!this.moved && Math.hypot(now.x - this.from.x, now.y - this.from.y) < SLACK) return;
    if (!this.moved) {
      this.moved = true;
      this.frame.setPointerCapture(event.pointerId);
    }
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.pan((now.x - last.x) / (other ? 2 : 1), (now.y - last.y) / (other ? 2 : 1));
    if (other) {
      const by = Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(last.x - other.x, last.y - other.y) || 1);
      this.zoom(by, { x: (now.x + other.x) / 2 - this.box.left, y: (now.y + other.y) / 2 - this.box.top });
    }
    this.fingers.set(event.pointerId, now);
  }

  up(event) {
    this.fingers.delete(event.pointerId);
  }

  // At the edge of the map the page scrolls on.
  wheel(event) {
    if (!event.target.closest("[data-map-window]")) return;
    if (event.ctrlKey || event.metaKey) {
      this.measure();
      this.zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - this.box.left, y: event.clientY - this.box.top });
      event.preventDefault();
      return;
    }
    const lines = event.deltaMode === 1 ? 16 : 1;
    const [dx, dy] = event.shiftKey && !event.deltaX ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    if (this.pan(-dx * lines, -dy * lines)) event.preventDefault();
  }

  // On paper everything; `back` returns to what was seen.
  whole() {
    if (!this.svg) return;
    this.svg.removeAttribute("style");
    this.write(false);
  }

  back() {
    if (!this.svg) return;
    this.spread();
    this.write(this.far);
    this.settled = 0;
    this.apply();
  }
}
