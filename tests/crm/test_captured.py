"""One line of a note becomes a promise: what, by when, whose; nothing is guessed."""

from datetime import date

import pytest

from core.workingtime import calendar_for
from crm.commands.captured import read_line

TODAY = date(2026, 3, 10)
"""A Tuesday."""


def read(line, today=TODAY):
    found = read_line(line, today=today, calendar=calendar_for("CN"))
    return found.direction, found.text, found.due_date and found.due_date.isoformat()


@pytest.mark.parametrize(
    ("line", "text", "due"),
    [
        ("promise: test report by Friday", "test report", "2026-03-13"),
        ("Test report to Li Min by next Friday", "Test report to Li Min", "2026-03-20"),
        ("Promised: by tomorrow, send the list", "send the list", "2026-03-11"),
        ("Price list by 2026-04-01", "Price list", "2026-04-01"),
        ("Price list by 1 April", "Price list", "2026-04-01"),
        ("Price list no later than March 3rd", "Price list", "2027-03-03"),
        ("Price list by April 1, 2027.", "Price list", "2027-04-01"),
        ("Repair within 5 working days", "Repair", "2026-03-17"),
        ("Repair in two weeks", "Repair", "2026-03-24"),
        ("Repair in 1 month", "Repair", "2026-04-10"),
        ("Plan by end of week", "Plan", "2026-03-13"),
        ("Plan by the end of the month", "Plan", "2026-03-31"),
        ("Plan by Tuesday", "Plan", "2026-03-17"),
        ("Call back today", "Call back", "2026-03-10"),
        ("承诺：周五前给李敏测试报告", "给李敏测试报告", "2026-03-13"),
        ("承諾：下週三之前提供報價", "提供報價", "2026-03-18"),
        ("明天给报价", "给报价", "2026-03-11"),
        ("后天前寄样品", "寄样品", "2026-03-12"),
        ("3月20日前完成安装", "完成安装", "2026-03-20"),
        ("3月9号前完成安装", "完成安装", "2027-03-09"),
        ("5个工作日内答复", "答复", "2026-03-17"),
        ("三天内修好", "修好", "2026-03-13"),
        ("兩週內修好", "修好", "2026-03-24"),
        ("月底前提交方案", "提交方案", "2026-03-31"),
        ("20号前提交方案", "提交方案", "2026-03-20"),
        ("5号前提交方案", "提交方案", "2026-04-05"),
        ("星期天前上线", "上线", "2026-03-15"),
    ],
)
def test_ours(line, text, due):
    assert read(line) == ("ours", text, due)


@pytest.mark.parametrize(
    "line",
    ["They promise: the budget by Friday", "their promise: the budget by Friday"],
)
def test_theirs(line):
    assert read(line) == ("theirs", "the budget", "2026-03-13")


def test_theirs_in_chinese():
    assert read("对方承诺：下周五前给预算") == ("theirs", "给预算", "2026-03-20")
    assert read("客戶承諾，月底前簽字") == ("theirs", "簽字", "2026-03-31")


@pytest.mark.parametrize(
    "line",
    ["A better price", "Report on 2026-02-30", "99月99日", "32号", "三个方案", "May be later"],
)
def test_without_a_day_nothing_is_lost(line):
    assert read(line) == ("ours", line, None)


def test_a_line_that_is_only_a_day_keeps_it_as_text():
    assert read("by Friday") == ("ours", "by Friday", None)


def test_working_days_are_those_of_the_customer():
    """AT-01: five working days from 13 February 2026 in China are the 27th."""
    today = date(2026, 2, 13)
    assert read("在5个工作日内答复", today)[2] == "2026-02-27"
