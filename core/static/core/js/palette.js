// Lists walked by arrows while the cursor stays in a search field: the command palette.
import { fresh } from "./dom.js";

function options(box) {
  return [...box.querySelectorAll("[role=option]")];
}

function mark(input, line) {
  const box = input.closest("[data-palette]");
  for (const one of options(box)) one.setAttribute("aria-selected", String(one === line));
  if (line) {
    input.setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

export function mountPalette(root) {
  for (const box of fresh(root, "[data-palette]")) {
    const input = box.querySelector("[role=combobox]");
    const first = () => mark(input, options(box)[0]);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const all = options(box);
      const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const to = event.key === "ArrowDown" ? at + 1 : at - 1;
        mark(input, all[(to + all.length) % all.length]);
      } else if (event.key === "Enter" && all[at]) {
        event.preventDefault();
        all[at].click();
      }
    });
    box.addEventListener("htmx:afterSwap", first);
    box.addEventListener("click", (event) => {
      if (event.target.closest("[role=option]")) box.closest("dialog")?.close();
    });
    first();
  }
}
