// On phones the board shows one stage at a time: the tab of the stage in view is the current one.
function watch(tabs) {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const byId = new Map([...tabs.querySelectorAll("a")].map((tab) => [tab.hash.slice(1), tab]));
  const choose = (id) => {
    for (const [key, tab] of byId) {
      if (key === id) {
        tab.setAttribute("aria-current", "true");
        tabs.scrollTo({ left: tab.offsetLeft - tabs.clientWidth / 2 + tab.clientWidth / 2 });
      } else {
        tab.removeAttribute("aria-current");
      }
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) choose(entry.target.id);
  }, { root: board, threshold: 0.6 });
  for (const id of byId.keys()) {
    const column = document.getElementById(id);
    if (column) seen.observe(column);
  }
  tabs.addEventListener("click", (event) => {
    const tab = event.target.closest("a");
    const column = tab && document.getElementById(tab.hash.slice(1));
    if (!column) return;
    event.preventDefault();
    board.scrollTo({ left: column.offsetLeft - board.offsetLeft - 16 });
  });
}

function mount(root) {
  const tabs = root.querySelector?.("[data-stage-tabs]");
  if (tabs && tabs.offsetParent) watch(tabs);
}

mount(document);
document.addEventListener("htmx:load", (event) => mount(event.detail.elt));
