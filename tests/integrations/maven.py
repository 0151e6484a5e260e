"""What must be true of the Maven data, told from its files by plain Python alone."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one file."""
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


class Expected:
    """Who serves and who sees what, by the rules of docs/import.md."""

    def __init__(self, folder: Path) -> None:
        self.sales = rows(folder, "sales_pipeline.csv")
        self.taken = [row for row in self.sales if row["account"]]
        people = rows(folder, "sales_teams.csv")
        self.manager_of = {row["sales_agent"]: row["manager"] for row in people}
        self.region_of = {row["sales_agent"]: row["regional_office"] for row in people}
        self.customers = {row["account"] for row in rows(folder, "accounts.csv")}
        self.primary_of: dict[str, str] = {}
        self.deputies_of: dict[str, set[str]] = {}
        self._serve()

    def _serve(self) -> None:
        open_sales: dict[str, Counter[str]] = defaultdict(Counter)
        won: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.taken:
            is_open = row["deal_stage"] in ("Engaging", "Prospecting")
            open_sales[row["account"]][row["sales_agent"]] += is_open
            won[row["account"]][row["sales_agent"]] += row["deal_stage"] == "Won"
        for name in self.customers:
            ranked = sorted(
                open_sales[name], key=lambda who: (-open_sales[name][who], -won[name][who], who)
            )
            self.primary_of[name] = ranked[0]
            self.deputies_of[name] = {who for who in ranked[1:] if open_sales[name][who]}

    def team_of(self, customer: str) -> str:
        """The manager whose team serves the customer."""
        return self.manager_of[self.primary_of[customer]]

    def customers_of_rep(self, rep: str) -> set[str]:
        """His team's customers, and those he serves himself."""
        return {
            name
            for name in self.customers
            if self.team_of(name) == self.manager_of[rep]
            or rep == self.primary_of[name]
            or rep in self.deputies_of[name]
        }

    def customers_of_manager(self, manager: str) -> set[str]:
        """His team's customers."""
        return {name for name in self.customers if self.team_of(name) == manager}

    def sales_at(self, customers: set[str]) -> set[str]:
        """The ids of the sales at these customers."""
        return {row["opportunity_id"] for row in self.taken if row["account"] in customers}
