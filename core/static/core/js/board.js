// The board: cards move by mouse, or by keyboard (M picks up, arrows choose, Enter drops).
// Moving fills the board's own form and sends it; the server decides and answers with the board.
import { announce, fresh, say } from "./dom.js";

class Board {
  constructor(board) {
    this.board = board;
    this.form = document.querySelector(board.dataset.form) ?? board.querySelector("form");
    board.addEventListener("dragstart", (event) => this.start(event));
    board.addEventListener("dragover", (event) => this.over(event));
    board.addEventListener("drop", (event) => this.drop(event));
    board.addEventListener("dragend", () => this.end());
    board.addEventListener("keydown", (event) => this.key(event));
  }

  columns() {
    return [...this.board.querySelectorAll("[data-stage]")];
  }

  // Light the columns this card may go to; say in the others why not.
  light(card) {
    this.card = card;
    const may = JSON.parse(card.dataset.to || "[]").map(String);
    const why = JSON.parse(card.dataset.why || "{}");
    for (const column of this.columns()) {
      const home = column.contains(card);
      column.classList.toggle("may", !home && may.includes(column.dataset.stage));
      column.classList.toggle("may-not", !home && !may.includes(column.dataset.stage));
      const reason = column.querySelector(".column-why");
      if (reason) reason.textContent = why[column.dataset.stage] ?? why.default ?? "";
    }
    this.board.classList.add("moving");
  }

  point(column) {
    for (const one of this.columns()) one.classList.toggle("over", one === column);
  }

  end() {
    this.board.classList.remove("moving");
    this.card?.classList.remove("dragged", "picked");
    for (const column of this.columns()) column.classList.remove("may", "may-not", "over");
    this.card = null;
    this.target = null;
  }

  start(event) {
    const card = event.target.closest("[data-card]");
    if (!card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.card);
    card.classList.add("dragged");
    requestAnimationFrame(() => this.light(card));
  }

  over(event) {
    const column = event.target.closest("[data-stage]");
    if (!this.card || !column) return;
    this.point(column);
    if (column.classList.contains("may")) event.preventDefault();
  }

  drop(event) {
    const column = event.target.closest("[data-stage]");
    if (!this.card || !column?.classList.contains("may")) return;
    event.preventDefault();
    this.move(column);
  }

  move(column) {
    const card = this.card;
    const home = card.parentElement;
    const next = card.nextElementSibling;
    const restore = () => {
      card.removeAttribute("aria-busy");
      home.insertBefore(card, next);
    };
    column.querySelector("[data-cards]").prepend(card);
    card.setAttribute("aria-busy", "true");
    this.form.elements.opportunity.value = card.dataset.card;
    this.form.elements.to.value = column.dataset.stage;
    if (this.form.elements.seq) this.form.elements.seq.value = card.dataset.seq ?? "";
    this.form.addEventListener("htmx:afterRequest", (event) => {
      if (!event.detail.successful) restore();
    }, { once: true });
    announce(say("dropped", { stage: this.name(column) }));
    this.end();
    this.form.requestSubmit();
  }

  name(column) {
    return column.querySelector("h2, h3")?.textContent.trim() ?? "";
  }

  key(event) {
    if (this.card && this.board.classList.contains("moving")) return this.carry(event);
    const card = event.target.closest("[data-card]");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "m" || event.key === "M") {
      event.preventDefault();
      this.light(card);
      card.classList.add("picked");
      announce(say("picked"));
    } else if (event.key.startsWith("Arrow")) {
      this.walk(card, event);
    }
  }

  carry(event) {
    event.preventDefault();
    const columns = this.columns();
    const at = columns.findIndex((column) => column === (this.target ?? this.card.closest("[data-stage]")));
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      this.target = columns[Math.max(0, Math.min(columns.length - 1, at + (event.key === "ArrowRight" ? 1 : -1)))];
      this.point(this.target);
      this.target.scrollIntoView({ block: "nearest", inline: "nearest" });
      const why = this.target.classList.contains("may-not") ? this.target.querySelector(".column-why")?.textContent ?? "" : "";
      announce(`${say("over", { stage: this.name(this.target) })} ${why}`);
    } else if (event.key === "Escape") {
      const card = this.card;
      this.end();
      card.querySelector("a")?.focus();
      announce(say("putBack"));
    } else if ((event.key === "Enter" || event.key === " ") && this.target?.classList.contains("may")) {
      this.move(this.target);
    }
  }

  walk(card, event) {
    const columns = this.columns().filter((column) => column.querySelector("[data-card]"));
    const column = card.closest("[data-stage]");
    const cards = [...column.querySelectorAll("[data-card]")];
    const row = cards.indexOf(card);
    const beside = columns[columns.indexOf(column) + (event.key === "ArrowRight" ? 1 : -1)];
    const around = beside ? [...beside.querySelectorAll("[data-card]")] : [];
    const goal = {
      ArrowDown: cards[row + 1], ArrowUp: cards[row - 1],
      ArrowRight: around[Math.min(row, around.length - 1)], ArrowLeft: around[Math.min(row, around.length - 1)],
    }[event.key];
    if (!goal) return;
    event.preventDefault();
    (goal.querySelector("a") ?? goal).focus();
  }
}

export function mountBoard(root) {
  for (const board of fresh(root, "[data-board]")) new Board(board);
}
