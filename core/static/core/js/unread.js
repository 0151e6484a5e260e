// The number on the bell and beside the inbox, when the server says it has changed.
let wired = false;

export function mountUnread() {
  if (wired) return;
  wired = true;
  document.addEventListener("unread", (event) => {
    for (const place of document.querySelectorAll("[data-unread]")) place.textContent = event.detail.text;
  });
}
