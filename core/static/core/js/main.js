// Everything a page does in the browser: each part mounts itself where its data- attribute is,
// now and in whatever htmx brings later.
import { mountCombobox } from "./combobox.js";
import { mountDialogs } from "./dialog.js";
import { mountForms } from "./forms.js";
import { mountKeys } from "./keys.js";
import { mountMenus } from "./menu.js";
import { mountPalette } from "./palette.js";
import { mountPreferences } from "./preferences.js";
import { mountTimes } from "./times.js";
import { mountToasts } from "./toast.js";
import { mountUnread } from "./unread.js";

const parts = [
  mountTimes, mountDialogs, mountMenus, mountForms, mountCombobox, mountPalette, mountPreferences,
  mountToasts, mountUnread,
];
// Fetched by the pages that have them.
const rare = {
  "[data-board]": async (root) => (await import("./board.js")).mountBoard(root),
  "[data-edit]": async (root) => (await import("./edit.js")).mountEdits(root),
  "[data-selection]": async (root) => (await import("./selection.js")).mountSelection(root),
};

function mount(root) {
  for (const part of parts) part(root);
  for (const [selector, part] of Object.entries(rare)) {
    if (root.matches?.(selector) || root.querySelector(selector)) part(root);
  }
}

mountKeys(document);
mount(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) mount(event.detail.elt);
});
