"""Refusing what is nobody's business: private life has no place in a sales record.

A short list of words in English and Chinese, whole words only in English. It stops what people
write without thinking; it cannot understand a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.commands.fields import refuse

_WORDS: tuple[tuple[Any, str, str], ...] = (
    (
        _("health"),
        r"has cancer|diabet(?:es|ic)|depressed|suffers from|had (?:an? )?(?:surgery|operation)"
        r"|was hospitali[sz]ed|in hospital for|pregnan(?:t|cy)|hiv|his illness|her illness"
        r"|alcoholic|medical history|on sick leave",
        "得了癌|患癌|患有|糖尿病|抑郁症|憂鬱症|抑鬱症|做手术|做手術|动手术|動手術|住院了|怀孕|懷孕|孕期"
        "|艾滋病|愛滋病|请病假|請病假|酗酒|他的病|她的病",
    ),
    (
        _("religion"),
        r"religio(?:n|us)|muslim|devout|a christian|buddhist|catholic|protestant|jewish|hindu"
        r"|atheist",
        "宗教|信教|基督徒|基督教|天主教|佛教|穆斯林|伊斯兰|伊斯蘭|回教|犹太教|猶太教|无神论|無神論",
    ),
    (
        _("family"),
        r"his wife|her husband|his son|her son|his daughter|her daughter|his children|her children"
        r"|mother-in-law|father-in-law|family problems?|wife|husband",
        "妻子|老婆|丈夫|老公|儿子|兒子|女儿|女兒|他的孩子|她的孩子|家里的孩子|家庭矛盾|岳父|岳母|婆婆|公婆",
    ),
    (
        _("marriage"),
        r"married|divorc\w+|marriage|mistress|love affair|extramarital|having an affair"
        r"|widow(?:er|ed)?",
        "结婚|結婚|已婚|离婚|離婚|婚姻|婚外|情人|小三|丧偶|喪偶",
    ),
    (
        _("sexual orientation"),
        r"gay|lesbian|homosexual\w*|bisexual|transgender|sexual orientation",
        "同性恋|同性戀|双性恋|雙性戀|性取向|跨性别|跨性別",
    ),
    (
        _("politics"),
        r"political party|communist party|republican|democrat|his politics|her politics"
        r"|union member",
        "党员|黨員|共产党|共產黨|国民党|國民黨|民进党|民進黨|政治立场|政治立場|入党|入黨|工会会员|工會會員",
    ),
    (
        _("origin"),
        r"ethnic\w*|race is|skin colou?r",
        "种族|種族|少数民族|少數民族|肤色|膚色",
    ),
    (
        _("an identity or account number"),
        r"passport number|passport no|id card number|identity card number|social security number"
        r"|personal bank account"
        r"|[1-9]\d{5}(?:19|20)\d{9}[\dXx]",
        "身份证|身分證|护照号|護照號|银行卡号|銀行卡號|社保号|社保號",
    ),
)

_FINDERS = tuple(
    (
        reason,
        re.compile(rf"(?<![A-Za-z0-9])(?:{latin})(?![A-Za-z0-9])|(?:{chinese})", re.IGNORECASE),
    )
    for reason, latin, chinese in _WORDS
)


def private_in(text: str) -> tuple[str, str] | None:
    """What the text tells of somebody's private life, and the word that tells it."""
    for reason, finder in _FINDERS:
        found = finder.search(text)
        if found:
            return str(reason), found[0]
    return None


def refuse_private(texts: Mapping[str, str]) -> None:
    """Invalid when one of the texts, by field, tells of somebody's private life."""
    errors = {}
    for name, text in texts.items():
        found = private_in(text)
        if found:
            errors[name] = [
                _(
                    "“{word}” tells of private life ({reason}). Write only what matters for work."
                ).format(word=found[1], reason=found[0])
            ]
    refuse(errors)
