"""The kit's tags: what they write, in three languages, and that they write nothing dangerous."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from core.display import compact_money, full_money, name_initials, relative_time
from core.templatetags import ui

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def render(source, rf=None, path="/", **context):
    if rf:
        context["request"] = rf.get(path)
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("ago", "english", "hans", "hant"),
    [
        (timedelta(seconds=20), "just now", "刚刚", "剛剛"),
        (timedelta(minutes=5), "5 min ago", "5 分钟前", "5 分鐘前"),
        (timedelta(hours=3), "3 h ago", "3 小时前", "3 小時前"),
        (timedelta(days=1), "yesterday", "昨天", "昨天"),
        (timedelta(days=3), "3 days ago", "3 天前", "3 天前"),
        (timedelta(days=30), "8 Feb", "2月8日", "2月8日"),
        (timedelta(days=400), "3 Feb 2025", "2025年2月3日", "2025年2月3日"),
        (-timedelta(minutes=5), "in 5 min", "5 分钟后", "5 分鐘後"),
        (-timedelta(days=1), "tomorrow", "明天", "明天"),
        (-timedelta(days=2), "in 2 days", "2 天后", "2 天後"),
    ],
)
def test_relative_time(ago, english, hans, hant):
    with timezone.override("Asia/Shanghai"):
        for language, said in (("en", english), ("zh-hans", hans), ("zh-hant", hant)):
            with translation.override(language):
                assert relative_time(NOW - ago, NOW) == said


def test_day_is_the_viewers_not_the_servers():
    late = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)
    with timezone.override("Asia/Shanghai"):
        assert relative_time(late, NOW) == "yesterday"
    with timezone.override("America/Los_Angeles"):
        assert relative_time(late, NOW) == "10 h ago"


def test_when_shows_the_exact_moment_on_hover():
    with timezone.override("Asia/Shanghai"):
        html = ui.when(NOW)
    assert 'datetime="2026-03-10T02:00:00+00:00"' in html
    assert 'title="Tue 10 Mar 2026, 10:00"' in html
    assert "data-when" in html
    assert "data-when" not in ui.when(date(2026, 3, 10))
    assert ui.when(None, missing="–") == "–"


@pytest.mark.parametrize(
    ("language", "amount", "currency", "full", "compact"),
    [
        ("en", Decimal("1240000.00"), "CNY", "CN¥1,240,000", "CN¥1.24M"),
        ("en", Decimal("99.50"), "USD", "$99.50", "$100"),
        ("en", Decimal("-1500"), "EUR", "-€1,500", "-€1.5K"),
        ("zh-hans", 1240000, "CNY", "¥1,240,000", "¥124万"),
        ("zh-hant", 230000000, "TWD", "NT$230,000,000", "NT$2.3億"),
        ("en", 5, "CHF", "CHF 5", "CHF 5"),
    ],
)
def test_money(language, amount, currency, full, compact):
    with translation.override(language):
        assert full_money(amount, currency) == full
        assert compact_money(amount, currency) == compact


def test_nothing_is_a_dash():
    assert render("{% money None 'CNY' %}|{% number None %}|{% number 10482 %}") == "–|–|10,482"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anna Chen", "AC"),
        ("王小明", "小明"),
        ("王 小明", "小明"),
        ("李雷", "李雷"),
        ("李国强（李总）", "国强"),
        ("Anna Chen (on leave)", "AC"),
        ("Plato", "P"),
        ("", "?"),
        ("  ", "?"),
        ("Jean Paul Sartre", "JS"),
    ],
)
def test_initials(name, letters):
    assert name_initials(name) == letters


@pytest.mark.parametrize(
    "source",
    [
        "{% initials user %}",
        "{% person user %}",
        "{% badge 'late' user.name title=user.name %}",
        "{% tier user.name %}",
        "{% share_bar 1 2 user.name %}",
    ],
)
def test_a_name_is_text_whatever_is_in_it(source):
    user = SimpleNamespace(pk=1, name='<img src=x onerror="alert(1)">')
    html = render(source, user=user)
    assert "<img" not in html
    assert 'onerror="' not in html


def test_icon_is_silent_unless_it_is_named():
    assert 'aria-hidden="true"' in ui.icon("phone")
    named = ui.icon("check", "good", "met")
    assert 'role="img"' in named
    assert 'aria-label="met"' in named
    assert 'class="icon good"' in named
    assert ui.icon("phone") is ui.icon("phone")


@pytest.mark.parametrize(
    ("spent", "limit", "tone"), [(2, 14, ""), (12, 14, "soon"), (14, 14, "soon"), (15, 14, "late")]
)
def test_limit_bar_says_by_tone_and_words(spent, limit, tone):
    html = ui.limit_bar(spent, limit)
    assert f'class="bar {tone}"' in html
    assert f"{spent} of {limit} days" in html
    assert ui.limit_bar(3, None) == ""
    assert 'class="bar wait"' in ui.limit_bar(20, 14, waiting=True)


def test_query_with_changes_and_forgets_the_page(rf):
    source = "{% query_with sort='-name' owner=None %}"
    assert (
        render(source, rf, "/?owner=3&cursor=x&tier=S&tier=A")
        == "?tier=S&amp;tier=A&amp;sort=-name"
    )
    assert render("{% query_with owner=None %}", rf, "/?owner=3") == "?"


def test_sort_head_turns_round(rf):
    up = render("{% sort_head 'name' 'Name' %}", rf, "/?sort=name")
    assert 'aria-sort="ascending"' in up
    assert 'href="?sort=-name"' in up
    down = render("{% sort_head 'name' 'Name' %}", rf, "/?sort=-name")
    assert 'aria-sort="descending"' in down
    assert "aria-sort" not in render("{% sort_head 'name' 'Name' %}", rf)
    assert 'aria-sort="ascending"' in render("{% sort_head 'name' 'N' default='name' %}", rf)


def test_page_nav_keeps_the_filter(rf):
    page = SimpleNamespace(previous=None, next="abc", count=10_000, capped=True)
    html = render("{% page_nav page %}", rf, "/?tier=S&cursor=old", page=page)
    assert 'href="?tier=S&amp;cursor=abc"' in html
    assert 'href="?tier=S"' in html
    assert "more than 10000" in html
    nothing = SimpleNamespace(previous=None, next=None)
    assert render("{% page_nav page %}", rf, page=nothing).strip() == ""


class Sample(forms.Form):
    name = forms.CharField(help_text="As written")
    note = forms.CharField(required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    sure = forms.BooleanField()


def test_field_ties_label_hint_and_error():
    html = render("{% field form.name %}", form=Sample({"name": ""}))
    assert '<label class="label" for="id_name">Name</label>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'class="input"' in html


def test_field_says_what_is_optional_and_groups_choices():
    assert "optional" in render("{% field form.note %}", form=Sample())
    assert 'class="textarea"' in render("{% field form.note %}", form=Sample())
    group = render("{% field form.kind %}", form=Sample())
    assert group.count('type="radio"') == 2
    assert "<legend" in group
    assert 'class="check"' in render("{% field form.sure %}", form=Sample())
