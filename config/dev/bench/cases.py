"""What is measured: the questions of the issue, at both doors, for three kinds of people."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from urllib.parse import quote

PEOPLE = ("rep1_1", "manager1", "director")
LATIN, CHINESE = "meri", quote("京能")


@dataclass(frozen=True)
class Question:
    """One question: its page, its API, and the bare answer beside both."""

    name: str
    page: str
    api: str
    bare: str

    def bare_of(self, person: str, door: str) -> str:
        """Where the bare app answers it for this person, as much as this door shows."""
        return f"{self.bare}user={person}&door={door}"


def questions(customer: int) -> tuple[Question, ...]:
    """The questions, about one customer all three people see."""
    return (
        Question("customers list", "/customers/", "/api/v1/customers/", "/customers?"),
        Question(
            "search, Latin",
            f"/customers/?q={LATIN}",
            f"/api/v1/customers/?q={LATIN}",
            f"/customers?q={LATIN}&",
        ),
        Question(
            "search, Chinese",
            f"/customers/?q={CHINESE}",
            f"/api/v1/customers/?q={CHINESE}",
            f"/customers?q={CHINESE}&",
        ),
        Question(
            "customer page",
            f"/customers/{customer}/",
            f"/api/v1/customers/{customer}/",
            f"/customer?pk={customer}&",
        ),
        Question(
            "board", "/opportunities/board/?whose=all", "/api/v1/opportunities/board/", "/board?"
        ),
        Question(
            "opportunity table",
            "/opportunities/?whose=all&state=open",
            "/api/v1/opportunities/?state=open",
            "/opportunities?",
        ),
        Question("timeline", "/timeline/", "/api/v1/timeline/", "/timeline?"),
    )


@dataclass
class Row:
    """One measured line: the same question of one person at one door."""

    question: str
    person: str
    door: str
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    queries: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        return self.question, self.person, self.door

    @property
    def ratio(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.bare)
