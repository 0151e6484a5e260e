// The board: cards move by mouse, or by keyboard (Space picks up, arrows choose, Enter drops).
// Moving fills the board's own form and sends it; the server decides and answers with the board,
// or with a dialog that asks for something first: then the card goes back to where it was.
import { announce, fresh, say } from "./dom.js";

// "a b" or '["a", "b"]'
function list(text = "") {
  return text.startsWith("[") ? JSON.parse(text).map(String) : text.split(" ").filter(Boolean);
}

function fill(sentence, n) {
  return sentence.replace("{n}", n);
}

let carried = null;

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
    const columns = this.columns();
    const home = columns.findIndex((column) => column.contains(card));
    columns.forEach((column, at) => {
      const may = this.may(card, column.dataset.stage, columns, home);
      column.classList.toggle("may", at !== home && may);
      column.classList.toggle("may-not", at !== home && !may);
      const reason = column.querySelector(".column-why");
      if (reason) reason.textContent = at === home ? "" : this.reason(card, column.dataset.stage, may, at > home);
    });
    this.board.classList.add("moving");
  }

  // "@hold", "@win" and "@lose" stand for moves out of the stages.
  may(card, stage, columns, home) {
    const to = list(card.dataset.to);
    if (!stage.startsWith("@")) return to.includes(stage);
    const last = columns[home + 1]?.dataset.stage.startsWith("@") ?? true;
    return card.dataset.to !== undefined && (stage !== "@win" || last);
  }

  reason(card, stage, may, ahead) {
    const given = card.dataset.why ?? "";
    if (given.startsWith("{")) {
      const why = JSON.parse(given);
      return may ? "" : why[stage] ?? why.default ?? "";
    }
    const words = JSON.parse(this.board.dataset.reasons || "{}");
    if (may) return ahead && !stage.startsWith("@") && card.dataset.missing ? fill(words.missing ?? "", card.dataset.missing) : "";
    if (given) return words[given] ?? "";
    return words[stage === "@win" ? "early" : ahead ? "ahead" : "behind"] ?? "";
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
    column.querySelector("[data-cards]")?.prepend(card);
    card.setAttribute("aria-busy", "true");
    carried = card.classList.contains("picked") ? card.dataset.card : null;
    this.form.elements.opportunity.value = card.dataset.card;
    this.form.elements.to.value = column.dataset.stage;
    if (this.form.elements.seq) this.form.elements.seq.value = card.dataset.seq ?? "";
    this.form.addEventListener("htmx:afterRequest", (event) => {
      const asks = event.detail.xhr.getResponseHeader("HX-Retarget");
      if (!event.detail.successful || asks) restore();
      if (asks) carried = null;
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
    if (event.key === " " || event.key === "m" || event.key === "M") {
      event.preventDefault();
      if (!card.dataset.to) return announce(this.reason(card, "", false, true));
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
      (this.target.querySelector(".column-head") ?? this.target).scrollIntoView({ block: "nearest", inline: "nearest" });
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
  for (const board of fresh(root, "[data-board]")) {
    new Board(board);
    if (carried) board.querySelector(`[data-card="${CSS.escape(carried)}"] a`)?.focus();
    carried = null;
  }
}
