// Rows are chosen by their boxes; the bar at the foot says how many and what can be done.
import { fresh, say } from "./dom.js";

export function mountSelection(root) {
  for (const form of fresh(root, "[data-selection]")) {
    const bar = form.querySelector("[data-selection-bar]");
    const all = form.querySelector("[data-select-all]");
    const whole = form.querySelector("[data-select-whole]");
    const output = bar.querySelector("output");
    let last = null;
    const boxes = () => [...form.querySelectorAll("input.tick[name]")];
    const refresh = () => {
      const every = boxes();
      const chosen = every.filter((box) => box.checked).length;
      bar.hidden = chosen === 0;
      if (all) {
        all.checked = chosen > 0 && chosen === every.length;
        all.indeterminate = chosen > 0 && chosen < every.length;
      }
      if (whole && chosen < every.length) whole.checked = false;
      output.textContent = whole?.checked ? say("allSelected") : say("selected", { n: chosen });
    };
    form.addEventListener("click", (event) => {
      const box = event.target.closest("input.tick[name]");
      if (box && event.shiftKey && last) {
        const every = boxes();
        const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
        for (const one of every.slice(from, to + 1)) one.checked = box.checked;
      }
      if (box) last = box;
    });
    form.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes()) box.checked = all.checked;
      refresh();
    });
    form.querySelector("[data-select-none]")?.addEventListener("click", () => {
      for (const box of boxes()) box.checked = false;
      refresh();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || bar.hidden || document.querySelector("dialog[open]")) return;
      for (const box of boxes()) box.checked = false;
      refresh();
    });
    refresh();
  }
}
