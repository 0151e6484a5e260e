// Everything a page does in the browser: each part mounts itself where its data- attribute is,
// now and in whatever htmx brings later.
import { mountBoard } from "./board.js";
import { mountCombobox } from "./combobox.js";
import { mountDialogs } from "./dialog.js";
import { mountEdits } from "./edit.js";
import { mountForms } from "./forms.js";
import { mountKeys } from "./keys.js";
import { mountMenus } from "./menu.js";
import { mountPalette } from "./palette.js";
import { mountPreferences } from "./preferences.js";
import { mountSelection } from "./selection.js";
import { mountTimes } from "./times.js";
import { mountToasts } from "./toast.js";
import { mountUnread } from "./unread.js";

const parts = [
  mountTimes, mountDialogs, mountMenus, mountForms, mountCombobox, mountEdits, mountSelection,
  mountBoard, mountPalette, mountPreferences, mountToasts, mountUnread,
];

function mount(root) {
  for (const part of parts) part(root);
}

mountKeys(document);
mount(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) mount(event.detail.elt);
});
