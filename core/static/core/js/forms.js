// Forms that must not be lost (data-guard), that send themselves (data-auto), Ctrl Enter, and small aids.
import { fresh, say } from "./dom.js";

let wired = false;

export function mountForms(root) {
  for (const form of fresh(root, "form[data-guard]")) {
    form.addEventListener("input", () => { form.dataset.dirty = ""; });
    form.addEventListener("submit", () => { delete form.dataset.dirty; });
    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.failed) form.dataset.dirty = "";
    });
  }
  for (const form of fresh(root, "form[data-auto]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
  for (const switcher of fresh(root, "[data-shows]")) {
    const apply = () => {
      for (const part of document.querySelectorAll(switcher.dataset.shows)) {
        part.hidden = part.dataset.when !== undefined ? part.dataset.when !== switcher.value : !switcher.checked;
      }
    };
    switcher.addEventListener("change", apply);
    apply();
  }
  for (const button of fresh(root, "[data-copy]")) {
    button.addEventListener("click", () => {
      const source = document.querySelector(button.dataset.copy);
      navigator.clipboard?.writeText(source.value ?? source.textContent);
      button.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text: button.dataset.said } }));
    });
  }
  for (const button of fresh(root, "[data-print]")) button.addEventListener("click", () => window.print());
  // A row that scrolls sideways begins where the reader is.
  for (const row of fresh(root, ".path, .tabs")) {
    const here = row.querySelector("[aria-current]");
    if (here) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.clientWidth) / 2;
  }
  root.querySelector?.("form [aria-invalid=true]")?.focus();
  if (wired) return;
  wired = true;
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) {
      event.preventDefault();
      event.returnValue = say("unsaved");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
}
