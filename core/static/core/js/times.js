// Relative times grow older while the page stays open.
import { fresh, say } from "./dom.js";

const watched = new Set();
let clock;

function text(moment) {
  const seconds = (moment - Date.now()) / 1000;
  const size = Math.abs(seconds);
  if (size >= 6 * 3600) return null;
  if (size < 60) return seconds <= 0 ? say("now") : null;
  const minutes = Math.floor(size / 60);
  if (minutes < 60) return say(seconds < 0 ? "minutesAgo" : "inMinutes", { n: minutes });
  return say(seconds < 0 ? "hoursAgo" : "inHours", { n: Math.floor(minutes / 60) });
}

function refresh() {
  for (const element of watched) {
    if (!element.isConnected) {
      watched.delete(element);
      continue;
    }
    const now = text(Date.parse(element.dateTime));
    if (now && element.textContent !== now) element.textContent = now;
  }
}

export function mountTimes(root) {
  for (const element of fresh(root, "time[data-when]")) {
    if (Math.abs(Date.parse(element.dateTime) - Date.now()) < 7 * 3600e3) watched.add(element);
  }
  clock ??= setInterval(refresh, 30e3);
}
