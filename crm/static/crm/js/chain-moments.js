// Going back in time: a slider over the moments at which something changed, played step by step.
const BEAT = 1400;

export class Moments {
  constructor(map) {
    this.map = map;
    this.all = JSON.parse(map.root.dataset.moments || "[]");
    this.range = map.root.querySelector("[data-range]");
    if (!this.range) return;
    this.playing = map.root.querySelector("[data-play]");
    for (const hidden of [this.range, this.playing]) hidden.hidden = false;
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    this.playing.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    map.root.addEventListener("click", (event) => this.step(event));
  }

  get past() {
    return Boolean(this.range) && Number(this.range.value) < this.all.length - 1;
  }

  step(event) {
    const link = event.target.closest("[data-step], [data-today]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.stop();
    const to = link.dataset.step ? Number(this.range.value) + Number(link.dataset.step) : this.all.length - 1;
    this.go(Math.max(0, Math.min(this.all.length - 1, to)));
  }

  // The last moment is today and has no address of its own.
  go(to) {
    this.range.value = String(to);
    const [at, label] = this.all[to];
    this.range.setAttribute("aria-valuetext", label);
    this.map.root.querySelector("[data-moment]").textContent = label;
    for (const forward of this.map.root.querySelectorAll('[data-today], [data-step="1"]')) forward.hidden = !this.past;
    this.map.root.querySelector('[data-step="-1"]').hidden = to === 0;
    clearTimeout(this.wait);
    this.wait = setTimeout(async () => {
      const query = this.past ? `?at=${encodeURIComponent(at)}` : "";
      await this.map.load(query);
      history.replaceState(history.state, "", location.pathname + query);
    }, this.timer ? 0 : 120);
  }

  said(sentence) {
    const since = this.map.root.querySelector("[data-since]");
    if (since) since.textContent = sentence;
  }

  play() {
    if (!this.past) this.go(0);
    this.playing.setAttribute("aria-pressed", "true");
    this.timer = setInterval(() => {
      this.go(Number(this.range.value) + 1);
      if (!this.past) this.stop();
    }, BEAT);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.playing.setAttribute("aria-pressed", "false");
  }
}
