// Keys of the whole page: data-key on a button ("c", "mod+k"), g + letter to a place of the rail,
// j and k through the lines of a list (data-list, data-item), x to select one, ? for the help.
import { typing } from "./dom.js";
import { openDialog } from "./dialog.js";

const apple = /Mac|iPhone|iPad/.test(navigator.platform);
let going = 0;

function lines() {
  return [...document.querySelectorAll("[data-list] [data-item]")].filter((line) => line.offsetParent);
}

function handle(line) {
  return line.querySelector("[data-item-link]") ?? line.querySelector("a[href], button") ?? line;
}

function step(by) {
  const all = lines();
  if (!all.length) return false;
  const at = all.findIndex((line) => line.contains(document.activeElement));
  const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by));
  const goal = handle(all[to]);
  goal.focus({ preventScroll: true });
  all[to].scrollIntoView({ block: "nearest" });
  return true;
}

function pick() {
  const line = document.activeElement?.closest("[data-item]");
  const box = line?.querySelector("input.tick");
  if (!box) return false;
  box.click();
  return true;
}

function press(key) {
  const button = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.offsetParent);
  if (!button) return false;
  button.click();
  return true;
}

function plain(event) {
  const key = event.key.toLowerCase();
  if (Date.now() - going < 1200) {
    going = 0;
    const place = document.querySelector(`.rail [data-go="${CSS.escape(key)}"]`);
    if (place) place.click();
    return Boolean(place);
  }
  if (key === "g") {
    going = Date.now();
    return true;
  }
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "x") return pick();
  if (key === "?") return openDialog(document.getElementById("keys")) || true;
  if (key === "/") return press("/") || press("mod+k");
  return press(key);
}

export function mountKeys(root) {
  for (const hint of root.querySelectorAll("[data-mod]")) {
    if (apple) hint.textContent = hint.textContent.replace("Ctrl ", "⌘");
  }
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      if (event.key.toLowerCase() === "k" && press("mod+k")) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (plain(event)) event.preventDefault();
  });
}
