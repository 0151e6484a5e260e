"""Private life is refused in two languages, work is not."""

import pytest

from core.errors import Invalid
from crm.commands.private_life import private_in, refuse_private


@pytest.mark.parametrize(
    "text",
    [
        "His wife is ill",
        "He is DIVORCED since May",
        "suffers from depression",
        "A devout Muslim",
        "Member of the Communist Party",
        "Passport number E1234",
        "110101199003078515",
        "她刚离婚",
        "他太忙,老婆生病",
        "他是党员",
        "他是黨員",
        "信教,不喝酒",
        "身份证在我们这里",
        "她懷孕了",
        "他性取向不同",
    ],
)
def test_private(text):
    assert private_in(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Fears that the third-party member portal is disabled",
        "Wants the cancer centre to go live in May",
        "Christian Weber decides",
        "Needs 110 sets by 2026-05-01",
        "Surgery robots for three hospitals",
        "担心手术机器人的交付周期",
        "希望住院系统五月上线",
        "预算 2,000,000 元,合同号 20260101123456",
        "要求提供银行保函",
    ],
)
def test_work(text):
    assert private_in(text) is None


def test_the_sentence_says_which_word_in_which_field():
    with pytest.raises(Invalid) as refusal:
        refuse_private({"concerns": "price", "expectations": "He is married"})

    assert refusal.value.details == {
        "expectations": [
            "“married” tells of private life (marriage). Write only what matters for work."
        ]
    }
