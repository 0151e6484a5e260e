"""`manage.py figures`: what has been sold, in the terminal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.queries.users import system_user, user_called
from analytics.queries import sales as questions
from analytics.queries.sales import Figures
from pipeline.access import visible_opportunities

PARTS = {
    "region": questions.by_region,
    "team": questions.by_team,
    "person": questions.by_person,
    "quarter": questions.by_quarter,
}


class Command(BaseCommand):
    help = "Print counts, win rate and revenue won of the sales a person sees, by default of all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", default="", metavar="USERNAME", help="whose view to take")
        parser.add_argument(
            "--per", action="append", choices=list(PARTS), help="which tables (default: all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_called(options["by"]) if options["by"] else system_user()
        if user is None:
            raise CommandError(f"There is no user {options['by']}.", returncode=2)
        sales = visible_opportunities(user)
        counts = questions.counts_by_state(sales)
        shown = " + ".join(f"{state} {number}" for state, number in counts.items() if number)
        self.stdout.write(f"sales {sum(counts.values())} = {shown or '0'}")
        self.stdout.write(_line(questions.totals(sales), "in all", 12))
        for part in options["per"] or PARTS:
            self.stdout.write(f"\nper {part}")
            rows = PARTS[part](sales)
            width = max((len(row.label) for row in rows), default=0)
            for row in rows:
                self.stdout.write(_line(row, row.label or "-", width))


def _line(figures: Figures, label: str, width: int) -> str:
    money = "  ".join(f"{code} {amount:,.2f}" for code, amount in sorted(figures.revenue.items()))
    line = (
        f"  {label:<{width}}  won {figures.won:>5}  lost {figures.lost:>5}"
        f"  win rate {_percent(figures.win_rate)}  revenue won {money or '–'}"
    )
    if figures.no_decision:
        line += (
            f"  no decision {figures.no_decision}"
            f" (with these {_percent(figures.win_rate_of_all).strip()})"
        )
    return line


def _percent(rate: Decimal | None) -> str:
    return "     –" if rate is None else f"{rate:6.2%}"
