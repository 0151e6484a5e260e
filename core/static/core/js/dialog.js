// Native dialogs. Open by data-open="#id", close by data-close, a click beside, or Escape.
// data-load="url" is fetched at each opening; whatever htmx puts into #dialog opens it.
import { fresh } from "./dom.js";

let wired = false;

function address(dialog, opener) {
  const query = opener?.dataset.query ?? document.querySelector("[data-log-query]")?.dataset.logQuery ?? "";
  const separator = dialog.dataset.load.includes("?") ? "&" : "?";
  return query && dialog.id === "quick-log" ? dialog.dataset.load + separator + query : dialog.dataset.load;
}

export async function openDialog(dialog, opener) {
  if (!dialog || dialog.open) return;
  if (dialog.dataset.load) {
    await window.htmx.ajax("GET", address(dialog, opener), { target: dialog, swap: "innerHTML" });
    if (!dialog.childElementCount) return;
  }
  show(dialog);
}

// Open, and put the cursor where typing begins: never on the closing cross.
function show(dialog) {
  if (!dialog.open) dialog.showModal();
  const fields = dialog.querySelectorAll("input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea");
  const first = dialog.querySelector("[autofocus]") ?? [...fields].find((field) => field.offsetParent && !field.disabled && !field.value);
  first?.focus();
}

export function mountDialogs(root) {
  for (const dialog of fresh(root, "dialog[data-dialog]")) {
    dialog.addEventListener("mousedown", (event) => {
      if (event.target === dialog && !dialog.querySelector("form[data-dirty]")) dialog.close();
    });
    dialog.addEventListener("close", () => {
      if (dialog.id === "dialog" || dialog.dataset.load) dialog.replaceChildren();
    });
    dialog.addEventListener("htmx:afterSwap", (event) => {
      if (dialog.id === "dialog" && event.detail.target === dialog && dialog.childElementCount) show(dialog);
    });
  }
  if (wired) return;
  wired = true;
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) {
      event.preventDefault();
      opener.closest("details[open]")?.removeAttribute("open");
      openDialog(document.querySelector(opener.dataset.open), opener);
      return;
    }
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog")?.close();
  });
  document.addEventListener("dialog:close", () => {
    // What lies beneath may have asked to be drawn again: data-again="url" inside #dialog.
    const again = document.querySelector("#dialog[open] [data-again]")?.dataset.again;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    if (again) window.htmx.ajax("GET", again, { target: "#dialog", swap: "innerHTML" });
  });
}
