// A search field fed by the server: GET data-src?q= answers {"results": [{"id", "text", "hint"}]}.
import { fresh, say } from "./dom.js";

function option(item, id) {
  const line = document.createElement("li");
  line.className = "option";
  line.id = id;
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", "false");
  line.dataset.value = item.id;
  line.dataset.text = item.text;
  line.append(item.text);
  if (item.hint) {
    const hint = document.createElement("small");
    hint.textContent = item.hint;
    line.append(hint);
  }
  return line;
}

class Combobox {
  constructor(box) {
    this.input = box.querySelector("[role=combobox]");
    this.value = box.querySelector("[data-combobox-value]");
    this.list = box.querySelector("[role=listbox]");
    this.src = box.dataset.src;
    this.kept = this.input.value;
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.list.hidden && this.search());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.leave(), 120));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const line = event.target.closest("[data-value]");
      if (line) this.choose(line);
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), 140);
  }

  async search() {
    this.asked?.abort();
    this.asked = new AbortController();
    const typed = this.input.value === this.kept ? "" : this.input.value.trim();
    const url = new URL(this.src, location.href);
    url.searchParams.set("q", typed);
    try {
      const answer = await fetch(url, { signal: this.asked.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show((await answer.json()).results);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(items) {
    const lines = items.map((item, at) => option(item, `${this.list.id}_${at}`));
    if (!lines.length) {
      const none = document.createElement("li");
      none.className = "option none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      none.textContent = say("nothing");
      lines.push(none);
    }
    this.list.replaceChildren(...lines);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(this.list.querySelector("[data-value]"));
  }

  mark(line) {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    if (line) {
      line.setAttribute("aria-selected", "true");
      line.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", line.id);
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    if (event.isComposing) return;
    const now = this.list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.search();
      else this.mark((event.key === "ArrowDown" ? now?.nextElementSibling : now?.previousElementSibling) ?? now);
    } else if (event.key === "Enter" && !this.list.hidden && now?.dataset.value) {
      event.preventDefault();
      this.choose(now);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.input.value = this.kept;
      this.close();
    }
  }

  choose(line) {
    this.kept = line.dataset.text;
    this.input.value = this.kept;
    this.value.value = line.dataset.value;
    this.value.dispatchEvent(new Event("change", { bubbles: true }));
    this.close();
  }

  leave() {
    if (this.input.value.trim() === "" && this.value.value !== "") {
      this.kept = "";
      this.value.value = "";
      this.value.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      this.input.value = this.kept;
    }
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(null);
  }
}

export function mountCombobox(root) {
  for (const box of fresh(root, "[data-combobox]")) new Combobox(box);
}
