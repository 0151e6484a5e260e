"""The practice set of Maven Analytics, imported whole, against numbers counted without Baton."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import StringIO

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.commands.users import create_user
from accounts.models import InboxItem, Role, User
from accounts.queries.users import system_user
from analytics.queries import sales as questions
from core.models import OutboxEntry
from crm.access import visible_customers
from crm.commands.reassign import reassign_from
from crm.models import Assignment, Customer
from integrations.management.commands.import_csv import rejects_of
from pipeline.access import visible_opportunities
from pipeline.models import Opportunity, Reminder, StageClock, StageVisit, Transition
from pipeline.tasks import ring_clocks
from tests.integrations.maven import Expected
from tests.integrations.paths import folder
from tests.integrations.test_import import account, fingerprint

FILES = {
    "users": "sales_teams.csv",
    "products": "products.csv",
    "customers": "accounts.csv",
    "opportunities": "sales_pipeline.csv",
}


class Maven:
    """The folder, its truth, and what `make demo DATA=...` printed."""

    def __init__(self):
        self.folder = folder("maven_crm")
        self.truth = json.loads((self.folder / "truth.json").read_text())
        self.expected = Expected(self.folder)
        self.printed = StringIO()


@pytest.fixture(scope="module")
def maven(django_db_setup, django_db_blocker):
    found = Maven()
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_")
        call_command("demo", data=found.folder, stdout=found.printed)
        yield found
        call_command("flush", interactive=False, verbosity=0)


def sales():
    return visible_opportunities(system_user())


def named(name):
    return User.objects.get(name=name, source="maven")


@pytest.mark.django_db
def test_every_row_is_accounted_for(maven):
    lines = [line for line in maven.printed.getvalue().splitlines() if line.startswith("read ")]

    assert [account(line) for line in lines] == [
        [35, 35, 0, 0, 0],
        [7, 7, 0, 0, 0],
        [85, 85, 0, 0, 0],
        [8800, 7375, 0, 0, 1425],
    ]


@pytest.mark.django_db
def test_rows_without_a_customer_are_in_the_rejects_with_that_reason(maven):
    path = rejects_of(maven.folder / FILES["opportunities"], "opportunities")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rejected = list(csv.DictReader(stream))

    without = {row["opportunity_id"] for row in maven.expected.sales if not row["account"]}
    assert len(rejected) == 1425 == sum(maven.truth["stage_missing_account"].values())
    assert {row["opportunity_id"] for row in rejected} == without
    assert {row["reason"] for row in rejected} == {"No customer is given."}


@pytest.mark.django_db
def test_counts_win_rate_and_revenue_are_the_truth(maven):
    truth, counts, total = (
        maven.truth,
        questions.counts_by_state(sales()),
        questions.totals(sales()),
    )
    open_ones = sum(
        truth["stage_counts"][stage] - truth["stage_missing_account"][stage]
        for stage in ("Engaging", "Prospecting")
    )

    assert {state: n for state, n in counts.items() if n} == {
        "won": truth["stage_counts"]["Won"],
        "lost": truth["stage_counts"]["Lost"],
        "open": open_ones,
    }
    assert round(float(total.win_rate), 6) == truth["totals"]["win_rate"]
    assert total.revenue == {"USD": Decimal(truth["totals"]["revenue_won"])}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "key", "label"),
    [
        (questions.by_person, "win_rate_by_agent", "{}"),
        (questions.by_team, "win_rate_by_manager", "Team {}"),
        (questions.by_region, "win_rate_by_region", "{}"),
    ],
)
def test_every_person_team_and_region_has_sold_the_truth(maven, question, key, label):
    got = {
        line.label: {
            "won": line.won,
            "closed": line.won + line.lost,
            "win_rate": round(float(line.win_rate), 6),
            "revenue_won": int(line.revenue["USD"]),
        }
        for line in question(sales())
    }

    assert got == {label.format(name): line for name, line in maven.truth[key].items()}


@pytest.mark.django_db
def test_every_quarter_has_sold_the_truth(maven):
    lines = questions.by_quarter(sales())

    assert {line.label: line.revenue["USD"] for line in lines} == maven.truth["revenue_by_quarter"]
    assert {line.label: line.won for line in lines} == maven.truth["won_count_by_quarter"]


@pytest.mark.django_db
def test_dates_stages_and_parents_are_those_of_the_files(maven):
    stages = {"Prospecting": "lead", "Engaging": "discover", "Won": "negotiate", "Lost": "discover"}
    got = {
        external_id: (stage, closed.date().isoformat() if closed else "")
        for external_id, stage, closed in Opportunity.objects.values_list(
            "external_id", "stage", "closed_at"
        )
    }
    engaged = {
        external_id: entered.date().isoformat()
        for external_id, entered in StageVisit.objects.filter(stage="discover").values_list(
            "opportunity__external_id", "entered_at"
        )
    }

    assert got == {
        row["opportunity_id"]: (stages[row["deal_stage"]], row["close_date"])
        for row in maven.expected.taken
    }
    assert engaged == {
        row["opportunity_id"]: row["engage_date"]
        for row in maven.expected.taken
        if row["engage_date"]
    }
    children: dict = {}
    for parent, child in Customer.objects.exclude(parent=None).values_list("parent__name", "name"):
        children.setdefault(parent, []).append(child)
    assert {parent: sorted(names) for parent, names in children.items()} == {
        parent: sorted(names) for parent, names in maven.truth["account_hierarchy"].items()
    }


@pytest.mark.django_db
def test_each_customer_is_served_by_who_sells_most_there(maven):
    serving = Assignment.objects.values_list("part", "customer__name", "user__name")

    assert {(c, u) for part, c, u in serving if part == "primary"} == set(
        maven.expected.primary_of.items()
    )
    assert {(c, u) for part, c, u in serving if part == "deputy"} == {
        (customer, user) for customer, users in maven.expected.deputies_of.items() for user in users
    }


@pytest.mark.django_db
def test_director_manager_and_rep_see_exactly_their_rows(maven):
    def seen(user):
        customers = set(visible_customers(user).values_list("name", flat=True))
        ids = set(visible_opportunities(user).values_list("external_id", flat=True))
        return customers, ids

    director = create_user(
        username="dora",
        name="Dora",
        role=Role.DIRECTOR,
        level=4,
        by=system_user(),
        at=timezone.now(),
    )
    expected = maven.expected
    assert seen(director) == (expected.customers, {r["opportunity_id"] for r in expected.taken})
    for manager in set(expected.manager_of.values()):
        customers = expected.customers_of_manager(manager)
        assert seen(named(manager)) == (customers, expected.sales_at(customers)), manager
    for rep in expected.manager_of:
        customers = expected.customers_of_rep(rep)
        assert seen(named(rep)) == (customers, expected.sales_at(customers)), rep


@pytest.mark.django_db
def test_moving_every_customer_of_a_rep_moves_no_stage_and_no_closed_revenue(maven):
    def closed_book():
        people = {line.label: line.revenue for line in questions.by_person(sales())}
        return people, list(
            Opportunity.objects.filter(state__in=["won", "lost"])
            .order_by("pk")
            .values_list("pk", "owner", "amount", "closed_at")
        )

    def places():
        return list(
            Opportunity.objects.order_by("pk").values_list("pk", "stage", "state", "ledger_seq")
        )

    primaries = Counter(maven.expected.primary_of.values())
    rep_name = min(primaries, key=lambda name: (-primaries[name], name))
    rep = named(rep_name)
    manager = named(maven.expected.manager_of[rep_name])
    colleagues = list(
        User.objects.filter(team=rep.team, role="rep").exclude(pk=rep.pk).order_by("pk")[:2]
    )
    mine = set(
        Assignment.objects.filter(user=rep, part="primary", ends_at=None).values_list(
            "customer", flat=True
        )
    )
    live = set(
        Opportunity.objects.filter(owner=rep, customer__in=mine, state="open").values_list(
            "pk", flat=True
        )
    )
    before = closed_book(), places(), Transition.objects.count()

    act = reassign_from(
        rep, receivers=colleagues, by=manager, at=timezone.now(), reason="Rotation of the year"
    )

    assert (closed_book(), places(), Transition.objects.count()) == before
    now = Assignment.objects.filter(customer__in=mine, part="primary", ends_at=None)
    assert set(now.values_list("user", flat=True)) == {user.pk for user in colleagues}
    assert now.count() == len(mine) == primaries[rep_name]
    owners = set(Opportunity.objects.filter(pk__in=live).values_list("owner", flat=True))
    assert live
    assert owners <= {user.pk for user in colleagues}
    received = act.receipt["receivers"]
    assert sum(one["counts"]["customers"] for one in received) == len(mine)
    assert sum(one["counts"]["opportunities"] for one in received) == len(live)


@pytest.mark.django_db
def test_the_second_import_changes_nothing(maven):
    before = fingerprint()
    out = StringIO()

    call_command("demo", data=maven.folder, stdout=out)

    lines = [line for line in out.getvalue().splitlines() if line.startswith("read ")]
    assert [account(line) for line in lines] == [
        [35, 0, 0, 35, 0],
        [7, 0, 0, 7, 0],
        [85, 0, 0, 85, 0],
        [8800, 0, 0, 7375, 1425],
    ]
    assert out.getvalue().count("Nothing has changed.") == 4
    assert fingerprint() == before


@pytest.mark.django_db
def test_the_same_sales_with_us_dates_are_the_same_sales(maven, tmp_path):
    us = folder("maven_us_mdy")
    out = StringIO()

    call_command(
        "import_csv",
        "opportunities",
        str(us / "sales_pipeline.csv"),
        profile="maven_crm",
        rejects=tmp_path / "r.csv",
        stdout=out,
    )

    assert "dates mdy" in out.getvalue()
    assert account(out.getvalue()) == [8800, 0, 0, 7375, 1425]


# --- seen by another process, so it is committed: keep it last, the fixture empties the base ----

WORKER = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from config.celery import app
app.worker_main(["worker", "--pool=solo", "--without-gossip", "--without-mingle", "-l", "WARNING"])
"""


@pytest.fixture
def worker(maven):
    """A real worker process on this test's database and broker."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"]],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.dev.test_settings"},
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(holds, seconds=120):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.5)


def waiting_tasks():
    """How many tasks lie in the queue."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return client.llen(f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}celery")


@pytest.mark.processes
@pytest.mark.django_db
def test_past_the_limit_each_visit_rings_each_level_once(maven, worker):
    with ThreadPoolExecutor(1) as threads:  # a thread has a connection of its own, which commits
        threads.submit(past_the_limit).result()


def past_the_limit():
    open_visits = set(
        StageVisit.objects.filter(left_at=None, opportunity__state="open").values_list(
            "pk", flat=True
        )
    )
    assert StageClock.objects.count() == len(open_visits) == 664
    assert not Reminder.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pipeline_stageclock SET next_level_at = now() - interval '1 day',"
            " level_moments = array_fill(now() - interval '1 day', ARRAY[4])"
        )
    wanted = {(visit, level) for visit in open_visits for level in range(4)}

    ring_clocks.delay()
    ring_clocks.delay()
    until(lambda: Reminder.objects.count() >= len(wanted))
    # passing 2,656 messages on takes minutes on a small machine: keep those of twenty visits
    kept = sorted(open_visits)[:20]
    reminders = Reminder.objects.filter(visit__in=kept).values("pk")
    OutboxEntry.objects.exclude(event__subject_id__in=reminders).delete()
    ring_clocks.delay()
    until(lambda: not OutboxEntry.objects.exists() and not waiting_tasks())

    rung = list(Reminder.objects.values_list("visit", "level"))
    assert len(rung) == len(wanted) == 4 * 664
    assert set(rung) == wanted
    told = InboxItem.objects.filter(
        kind="reminder.80",
        key__in=[f"reminder:{pk}" for pk in reminders.values_list("pk", flat=True)],
    )
    assert told.count() == len(kept)
    connection.close()
