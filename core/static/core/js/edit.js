// A fact edits in place: click, type, Enter; Escape restores; the field itself shows it is saved.
import { fresh } from "./dom.js";

export function mountEdits(root) {
  for (const fact of fresh(root, "[data-edit]")) {
    const value = fact.querySelector("[data-edit-open]");
    const form = fact.querySelector("form");
    if (!value || !form) continue;
    const control = form.querySelector("input:not([type=hidden]), select, textarea");
    const before = control.value;
    const close = (focus) => {
      control.value = before;
      form.hidden = true;
      value.hidden = false;
      if (focus) value.focus();
    };
    if (!form.hidden) control.focus();
    value.addEventListener("click", () => {
      value.hidden = true;
      form.hidden = false;
      control.focus();
      control.select?.();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close(true);
    });
    if (control.matches("select, [type=date]")) control.addEventListener("change", () => form.requestSubmit());
    // The swap of the answer takes the focus away, too: what has been sent is not sent again.
    let sent = false;
    form.addEventListener("submit", () => { sent = true; });
    form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.failed) sent = false; });
    form.addEventListener("focusout", (event) => {
      if (form.contains(event.relatedTarget) || form.hidden || sent) return;
      if (control.value === before) close(false);
      else form.requestSubmit();
    });
    if (fact.matches(".saved")) value.focus();
  }
}
