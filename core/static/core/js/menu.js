// A menu is a <details>: it closes on Escape, on a click elsewhere and after a choice; arrows walk it.
import { fresh } from "./dom.js";

let wired = false;
const ITEMS = ".menu-item:not([disabled]), .option a, [role=menuitem]";

function walk(menu, event) {
  const items = [...menu.querySelectorAll(ITEMS)].filter((item) => item.offsetParent);
  if (!items.length || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  if (event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[event.key];
  items[(to + items.length) % items.length].focus();
}

export function mountMenus(root) {
  for (const menu of fresh(root, "details[data-menu]")) {
    menu.addEventListener("keydown", (event) => {
      if (!menu.open) return;
      if (event.key === "Escape") {
        event.stopPropagation();
        menu.open = false;
        menu.querySelector("summary").focus();
      } else {
        walk(menu, event);
      }
    });
    menu.addEventListener("toggle", () => {
      if (!menu.open) return;
      for (const other of document.querySelectorAll("details[data-menu][open]")) {
        if (other !== menu && !other.contains(menu)) other.open = false;
      }
      menu.querySelector("[autofocus]")?.focus();
    });
  }
  if (wired) return;
  wired = true;
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}
