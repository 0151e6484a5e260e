"""Which people of a customer we want to be in regular contact with, by its tier.

This is the whole table; change it here. A cell is a rank of theirs (5 = chief executive) and an
area of work. Departments are written as customers write them, so `area_of` reads the area out of
the department, or out of the job title where no department is known.
"""

from __future__ import annotations

import re
from enum import StrEnum

from crm.metrics.thickness import Cell, Template


class Area(StrEnum):
    """What a department is there for."""

    EXECUTIVE = "executive"
    OPERATIONS = "operations"
    TECHNOLOGY = "technology"
    FINANCE = "finance"
    PROCUREMENT = "procurement"


REQUIRED: dict[str, dict[int, tuple[Area, ...]]] = {
    "S": {
        5: (Area.EXECUTIVE,),
        4: (Area.OPERATIONS, Area.TECHNOLOGY, Area.FINANCE),
        3: (Area.OPERATIONS, Area.TECHNOLOGY, Area.FINANCE, Area.PROCUREMENT),
        2: (Area.OPERATIONS, Area.TECHNOLOGY, Area.PROCUREMENT),
        1: (Area.OPERATIONS,),
    },
    "A": {
        5: (Area.EXECUTIVE,),
        4: (Area.OPERATIONS, Area.TECHNOLOGY),
        3: (Area.OPERATIONS, Area.TECHNOLOGY, Area.PROCUREMENT),
        2: (Area.OPERATIONS, Area.TECHNOLOGY),
    },
    "B": {
        4: (Area.OPERATIONS,),
        3: (Area.TECHNOLOGY, Area.PROCUREMENT),
        2: (Area.OPERATIONS,),
    },
    "C": {3: (Area.OPERATIONS, Area.PROCUREMENT)},
}
"""Tier -> rank -> areas: 12 cells for S, 8 for A, 4 for B, 2 for C."""

PAIRS = {"S": 12, "A": 8, "B": 4, "C": 2}
"""How many active pairs of one of us and a contact a customer of each tier wants."""

_CHIEF = 5
_WORDS = (
    (Area.PROCUREMENT, "采购 採購 供应链 供應鏈 procurement purchasing buyer supply sourcing"),
    (Area.FINANCE, "财务 財務 会计 會計 资金 資金 finance financial cfo treasury accounting"),
    (
        Area.TECHNOLOGY,
        "信息 資訊 数字 數位 技术 技術 研发 研發 工程 仪控 仪表 热控 自动化 總工 总工 it cio cto"
        " technical technology engineering engineer digital automation research",
    ),
    (
        Area.OPERATIONS,
        "生产 生產 运营 營運 运维 運維 设备 設備 制造 製造 厂务 廠務 动力 動力 机电 機電 车间 車間"
        " 调度 調度 养护 養護 基础设施 安全 风场 operations production plant mill maintenance"
        " facilities utilities site grid coo",
    ),
    (
        Area.EXECUTIVE,
        "总裁 總裁 总经理 總經理 总经办 总办 董事 经理办 executive management board ceo chair",
    ),
)


def _pattern(words: str) -> re.Pattern[str]:
    """Chinese words anywhere, others as whole words, also beside Chinese: "IT部"."""
    parts = [
        rf"(?<![a-z]){word}(?![a-z])" if word.isascii() else re.escape(word)
        for word in words.split()
    ]
    return re.compile("|".join(parts), re.IGNORECASE)


_PATTERNS = tuple((area, _pattern(words)) for area, words in _WORDS)


def area_of(department: str, *, title: str = "", band: int | None = None) -> str:
    """The area of a department; the department itself where we know none, "" for nothing at all.

    Who is at the top belongs to the executive whatever his office is called.
    """
    if band == _CHIEF:
        return Area.EXECUTIVE
    text = department.strip() or title.strip()
    # "生产技术部" makes things: what stands first says what the department is there for.
    found = [(match.start(), area) for area, one in _PATTERNS if (match := one.search(text))]
    if found:
        return min(found, key=lambda each: each[0])[1]
    return department.strip()


def template_of(tier: str) -> Template:
    """The cells and the number of pairs a customer of this tier requires."""
    cells: frozenset[Cell] = frozenset(
        (band, str(area)) for band, areas in REQUIRED[tier].items() for area in areas
    )
    return Template(cells, PAIRS[tier])
