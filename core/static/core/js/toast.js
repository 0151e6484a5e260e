// Short sentences at the foot of the page, with a way back for ten seconds.
import { csrf, fresh, icon, say } from "./dom.js";

const KEEP = 6000;
const KEEP_UNDO = 10000;
let wired = false;

function stack() {
  const stack = document.getElementById("toasts");
  // The top layer, so that an open dialog does not cover it.
  if (stack?.showPopover) {
    if (stack.matches(":popover-open")) stack.hidePopover();
    stack.showPopover();
  }
  return stack;
}

function leave(toast, after) {
  let timer = setTimeout(() => toast.remove(), after);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), 3000); });
}

async function undo(url, toast) {
  toast.remove();
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrf() }, redirect: "manual" }).catch(() => null);
  if (answer && answer.status < 400) return location.reload();
  const { toast: refused } = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}");
  showToast(refused ?? { text: say("failed"), tone: "late" });
}

function closeButton(toast) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.setAttribute("aria-label", say("close"));
  close.append(icon("close"));
  close.addEventListener("click", () => toast.remove());
  return close;
}

export function showToast({ text, tone = "good", undo: back = "", url = "" }) {
  const toast = document.createElement("div");
  toast.className = `toast ${tone}`;
  const sentence = document.createElement(url ? "a" : "span");
  if (url) {
    sentence.href = url;
    sentence.className = "link";
  }
  sentence.textContent = text;
  toast.append(icon(tone === "late" ? "alert" : "check"), sentence);
  if (back) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = say("undo");
    button.addEventListener("click", () => undo(back, toast));
    toast.append(button);
  }
  toast.append(closeButton(toast));
  stack()?.append(toast);
  if (tone !== "late" || back) leave(toast, back ? KEEP_UNDO : KEEP);
}

export function mountToasts(root) {
  const given = fresh(root, "[data-toast]");
  if (given.length) stack();
  for (const toast of given) {
    toast.append(closeButton(toast));
    leave(toast, KEEP);
  }
  if (wired) return;
  wired = true;
  document.addEventListener("toast", (event) => showToast(event.detail));
  document.addEventListener("htmx:sendError", () => showToast({ text: say("offline"), tone: "late" }));
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Trigger")) showToast({ text: say("failed"), tone: "late" });
  });
}
