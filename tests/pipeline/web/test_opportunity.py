"""The page of one opportunity: what it says, and editing its facts in place."""

from __future__ import annotations

import html
import json
from datetime import timedelta

import pytest

from pipeline.commands import opportunities
from pipeline.models import Opportunity
from tests.pipeline.sales import advance_to, satisfy, talk

HTMX = {"HX-Request": "true"}


def page(sale, tab=""):
    return f"/opportunities/{sale.pk}/" + (f"?tab={tab}" if tab else "")


def test_the_head_is_the_path_and_beneath_it_what_is_missing(sign_in, cast, sale):
    response = sign_in(cast.anna).get(page(sale))
    steps = [(step.stage.key, step.tone) for step in response.context["story"].path]
    assert steps[0] == ("lead", "now")
    assert all(tone == "" for _key, tone in steps[1:])
    text = response.content.decode()
    assert "2 missing to leave Lead validated" in text
    assert "Advance to Qualified" in text


def test_an_open_gate_says_so(sign_in, cast, sale):
    satisfy(sale, sale.opened_at)
    text = sign_in(cast.anna).get(page(sale)).content.decode()
    assert "Nothing is missing to leave Lead validated" in text


def test_who_may_not_move_it_gets_no_button_to(sign_in, cast, sale):
    text = sign_in(cast.nils).get(page(sale)).content.decode()
    assert "Advance to Qualified" not in text
    assert "data-edit-open" not in text


@pytest.mark.parametrize("tab", ["", "facts", "history", "nonsense"])
@pytest.mark.parametrize("who", ["anna", "nils", "boris", "dora"])
def test_every_tab_in_at_most_twelve_queries(
    sign_in, cast, sale, tab, who, django_assert_max_num_queries
):
    client = sign_in(getattr(cast, who))
    client.get(page(sale, tab))
    with django_assert_max_num_queries(12):
        assert client.get(page(sale, tab)).status_code == 200


def test_history_tells_who_moved_it_when_and_why(sign_in, cast, sale, now):
    sale = advance_to(sale, "qualify", now - timedelta(hours=1))
    opportunities.send_back(sale, by=cast.boris, at=now, reason="The budget is gone")
    text = sign_in(cast.anna).get(page(sale, "history")).content.decode()
    assert "Boris" in text
    assert "The budget is gone" in text
    assert "Qualified → Lead validated" in text


def test_activities_of_this_deal_are_listed(sign_in, cast, sale, now):
    held = talk(sale, now)
    assert held.subject in sign_in(cast.anna).get(page(sale)).content.decode()


@pytest.mark.parametrize("who", ["ben", "clara"])
def test_another_team_finds_nothing(sign_in, cast, sale, who):
    client = sign_in(getattr(cast, who))
    for path in ("", "facts/", "advance/", "hold/", "lose/", "step/"):
        assert client.get(page(sale) + path).status_code == 404
    for path in ("facts/", "facts/problem/", "advance/", "lose/", "undo/", "step/"):
        assert client.post(page(sale) + path, {"problem": "x"}).status_code == 404


def test_a_fact_is_saved_where_it_stands(sign_in, cast, sale):
    response = sign_in(cast.anna).post(
        page(sale) + "facts/problem/", {"problem": "It stops"}, headers=HTMX
    )
    assert response.status_code == 200
    assert 'class="fact saved"' in response.content.decode()
    assert Opportunity.objects.get(pk=sale.pk).problem == "It stops"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "-1"),
        ("amount", "much"),
        ("amount", "1e30"),
        ("expected_close_date", "0000-01-01"),
        ("problem", "x" * 1_000_000),
        ("name", ""),
    ],
)
def test_a_fact_that_cannot_be_taken_says_why_and_changes_nothing(sign_in, cast, sale, name, value):
    before = Opportunity.objects.values().get(pk=sale.pk)
    response = sign_in(cast.anna).post(page(sale) + f"facts/{name}/", {name: value}, headers=HTMX)
    assert response.status_code == 422
    assert "aria-invalid" in response.content.decode()
    assert Opportunity.objects.values().get(pk=sale.pk) == before


OVERTAKEN = [
    ("problem", "", "It burns", "It stops", "It burns", "It stops"),
    ("amount", "120000.00", "5000", "70", "5,000.00", "70.00"),
    ("amount", "1.00", "", "70", "120,000.00", "70.00"),
    ("decision_date", "", "2026-08-01", "2026-09-01", "Aug. 1, 2026", "Sept. 1, 2026"),
]


@pytest.mark.parametrize(("name", "was", "theirs", "ours", "they_said", "we_said"), OVERTAKEN)
def test_a_fact_somebody_else_changed_is_not_overwritten(
    sign_in, cast, sale, name, was, theirs, ours, they_said, we_said
):
    url, currency = page(sale) + f"facts/{name}/", {"currency": "CNY"}
    if theirs:  # else nobody is known to have done it
        first = sign_in(cast.boris).post(url, {name: theirs, "was": was, **currency}, headers=HTMX)
        assert first.status_code == 200, first.content.decode()
    before = Opportunity.objects.values().get(pk=sale.pk)
    client = sign_in(cast.anna)
    answer = client.post(url, {name: ours, "was": was, **currency}, headers=HTMX)
    assert answer.status_code == 409
    said = json.loads(answer["HX-Trigger"])["toast"]["text"]
    assert (
        f"changed this to “{they_said}” meanwhile. What you wrote, “{we_said}”, is not saved."
        in said
    )
    assert said.startswith("Boris" if theirs else "Somebody")
    plain = client.post(url, {name: ours, "was": was, **currency})
    assert (plain.status_code, said in html.unescape(plain.content.decode())) == (409, True)
    assert Opportunity.objects.values().get(pk=sale.pk) == before


def test_a_fact_says_what_stood_there_when_it_was_opened(sign_in, cast, sale):
    client = sign_in(cast.anna)
    facts = {
        "expected_close_date": "2026-09-01",
        "decision_date": "2026-08-01",
        "problem": "One\r\nTwo",
    }
    for name, value in facts.items():
        form = client.get(page(sale, "facts")).content.decode()
        assert form.count('name="was" value=""') > 0
        posted = {name: value, "was": "", "currency": "CNY"}
        assert client.post(page(sale) + f"facts/{name}/", posted, headers=HTMX).status_code == 200
    form = client.get(page(sale, "facts")).content.decode()
    for was in ("120000.00", "2026-08-01", "2026-09-01", "One\nTwo"):
        assert f'name="was" value="{was}"' in form
    again = {"problem": "Three", "was": "One\r\nTwo"}
    assert client.post(page(sale) + "facts/problem/", again, headers=HTMX).status_code == 200


def test_an_amount_does_not_bring_an_old_currency_back(sign_in, cast, sale):
    opportunities.change_opportunity(sale, by=cast.boris, at=sale.updated_at, currency="EUR")
    posted = {"amount": "5", "was": "120000.00", "currency": "CNY"}
    answer = sign_in(cast.anna).post(page(sale) + "facts/amount/", posted, headers=HTMX)
    assert answer.status_code == 409
    assert Opportunity.objects.get(pk=sale.pk).currency == "EUR"


@pytest.mark.parametrize("name", ["stage", "state", "ledger_seq", "owner", "closed_at"])
def test_no_form_writes_stage_or_state(sign_in, cast, sale, name):
    client = sign_in(cast.anna)
    assert client.post(page(sale) + f"facts/{name}/", {name: "won"}).status_code == 404
    client.post(page(sale) + f"facts/?only={name},problem", {name: "won", "problem": "y"})
    found = Opportunity.objects.get(pk=sale.pk)
    assert (found.stage, found.state, found.ledger_seq) == ("lead", "open", 1)


def test_html_in_a_fact_is_shown_not_run(sign_in, cast, sale):
    client = sign_in(cast.anna)
    client.post(page(sale) + "facts/problem/", {"problem": "<script>alert(1)</script> 🦊"})
    text = client.get(page(sale, "facts")).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "🦊" in text


def test_without_rights_a_fact_is_refused(sign_in, cast, sale):
    response = sign_in(cast.nils).post(page(sale) + "facts/problem/", {"problem": "It stops"})
    assert response.status_code == 403
    assert Opportunity.objects.get(pk=sale.pk).problem == ""


def test_several_facts_on_one_form(sign_in, cast, sale):
    client = sign_in(cast.anna)
    url = page(sale) + "facts/?only=problem,impact"
    assert list(client.get(url).context["form"].fields) == ["problem", "impact"]
    response = client.post(url, {"problem": "It stops", "impact": "4,000 a day"})
    assert response.status_code == 302
    assert Opportunity.objects.get(pk=sale.pk).impact == "4,000 a day"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_form_does_not_write_over_what_somebody_wrote_meanwhile(
    sign_in, cast, sale, now, headers
):
    client = sign_in(cast.anna)
    url = page(sale) + "facts/?only=problem,impact"
    seen = sale.updated_at.isoformat()
    form = client.get(url, headers=headers).content.decode()
    assert f'name="seen_at" value="{seen}"' in form
    opportunities.change_opportunity(sale, by=cast.boris, at=now, problem="It burns")
    mine = {"problem": "", "impact": "4,000 a day", "seen_at": seen}

    response = client.post(url, mine, headers=headers)

    assert response.status_code == 409
    said = response.headers["HX-Trigger"] if headers else response.content.decode()
    assert "Boris changed this meanwhile" in said
    found = Opportunity.objects.get(pk=sale.pk)
    assert (found.problem, found.impact) == ("It burns", "")
    again = mine | {"seen_at": client.get(url).context["seen_at"], "problem": "It burns"}
    assert client.post(url, again).status_code == 302
    assert Opportunity.objects.get(pk=sale.pk).impact == "4,000 a day"


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-13-45T99:00:00Z", "x" * 1000])
def test_a_seen_at_nobody_sent_does_no_harm(sign_in, cast, sale, seen):
    url = page(sale) + "facts/?only=problem"
    response = sign_in(cast.anna).post(url, {"problem": "It stops", "seen_at": seen})
    assert response.status_code == 302


class TestNew:
    def test_it_opens_at_the_first_stage_led_by_who_opened_it(self, sign_in, cast, b2b8):
        response = sign_in(cast.anna).post(
            "/opportunities/new/", {"customer": cast.acme.pk, "name": "Line 7", "amount": "5000"}
        )
        made = Opportunity.objects.get()
        assert response["Location"] == f"/opportunities/{made.pk}/"
        assert (made.name, made.stage, made.owner, made.amount) == (
            "Line 7", "lead", cast.anna, 5000,
        )  # fmt: skip

    @pytest.mark.parametrize("field", ["customer", "name"])
    def test_what_is_missing_is_said(self, sign_in, cast, b2b8, field):
        data = {"customer": cast.acme.pk, "name": "Line 7"} | {field: ""}
        response = sign_in(cast.anna).post("/opportunities/new/", data)
        assert response.status_code == 422
        assert field in response.context["form"].errors
        assert not Opportunity.objects.exists()

    def test_not_for_another_teams_customer(self, sign_in, cast, b2b8):
        data = {"customer": cast.zenith.pk, "name": "Line 7"}
        assert sign_in(cast.anna).post("/opportunities/new/", data).status_code == 422
        path = f"/opportunities/new/?customer={cast.zenith.pk}"
        assert sign_in(cast.anna).get(path).status_code == 404
        assert not Opportunity.objects.exists()

    def test_nor_for_a_colleagues(self, sign_in, cast, b2b8):
        data = {"customer": cast.acme.pk, "name": "Line 7"}
        assert sign_in(cast.nils).post("/opportunities/new/", data).status_code == 403
        assert not Opportunity.objects.exists()


class TestPanel:
    def test_open_and_closed_of_one_customer(self, sign_in, cast, sale, now):
        text = sign_in(cast.anna).get(f"/customers/{cast.acme.pk}/opportunities/").content.decode()
        assert "Line 2" in text
        assert "New opportunity" in text
        opportunities.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=now)
        response = sign_in(cast.nils).get(f"/customers/{cast.acme.pk}/opportunities/")
        assert response.context["summary"].ended[0].count == 1
        assert "New opportunity" not in response.content.decode()

    def test_another_team_finds_nothing(self, sign_in, cast, sale):
        path = f"/customers/{cast.acme.pk}/opportunities/"
        assert sign_in(cast.ben).get(path).status_code == 404
