"""How a Chinese name is typed on a Latin keyboard."""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
MOST = 400


def pinyin_of(*names: str) -> str:
    """Syllables joined, and their initials, of each Chinese piece: 华为 -> "huawei hw"."""
    spellings: list[str] = []
    for name in names:
        for line in name.splitlines():
            pieces = _CHINESE.findall(line)
            if not pieces:
                continue
            chinese = "".join(pieces)
            spellings.append("".join(lazy_pinyin(chinese)))
            spellings.append("".join(lazy_pinyin(chinese, style=Style.FIRST_LETTER)))
    text = ""
    for spelling in dict.fromkeys(spellings):
        longer = f"{text} {spelling}".strip()
        if len(longer) > MOST:
            continue
        text = longer
    return text
