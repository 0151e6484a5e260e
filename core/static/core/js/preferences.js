// Theme without a reload, and the folded rail, which the server learns from a cookie.
import { cookie, fresh } from "./dom.js";

export function mountPreferences(root) {
  for (const form of fresh(root, "[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      const theme = event.submitter?.value;
      if (!theme) return;
      event.preventDefault();
      document.documentElement.dataset.theme = theme;
      for (const button of document.querySelectorAll("[data-theme-form] [name=theme]")) {
        button.setAttribute("aria-pressed", String(button.value === theme));
      }
      const data = new FormData(form);
      data.set("theme", theme);
      fetch(form.action, { method: "POST", body: data, redirect: "manual" }).catch(() => {});
    });
  }
  for (const button of fresh(root, "[data-rail-fold]")) {
    button.addEventListener("click", () => {
      const folded = document.documentElement.dataset.rail !== "folded";
      document.documentElement.dataset.rail = folded ? "folded" : "open";
      button.setAttribute("aria-pressed", String(folded));
      cookie("baton_rail", folded ? "folded" : "open");
    });
  }
}
