"""The demo company: believable, all of it marked, and gone without a trace when taken away."""

from collections import Counter
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation

from accounts.commands.tokens import create_token
from accounts.models import InboxItem, Team, User
from accounts.queries.users import system_user
from core.models import Event, OutboxEntry
from core.relay import drain
from crm.access import visible_customers
from crm.commands.activities import log_activity
from crm.models import Action, Activity, Assignment, Chain, Contact, Customer
from integrations.queries.demo import read_script
from pipeline import gates
from pipeline.access import visible_opportunities
from pipeline.commands import opportunities, sweep
from pipeline.models import Opportunity, Product, StageClock, Transition
from tests.cast import NOW, assign, gather
from tests.integrations import visits
from tests.integrations.test_import import fingerprint
from tests.pipeline.conftest import default_pipeline, publish

pytestmark = pytest.mark.django_db


def demo(**options):
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Real rows, then the demo company beside them; played once for all tests."""
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_")
        publish(draft=default_pipeline(), by=system_user(), at=NOW)
        cast = gather()
        sale = opportunities.open_opportunity(
            customer=cast.acme, name="Real", by=cast.anna, at=NOW, amount=1000
        )
        sweep.run(at=timezone.now())
        drain(at=timezone.now())
        before = fingerprint()
        printed = demo(yes=True)
        yield SimpleNamespace(cast=cast, sale=sale, before=before, printed=printed)
        call_command("flush", interactive=False, verbosity=0)


def differing(before):
    """The tables that are not as they were."""
    now = fingerprint()
    return {name: (before[name], now[name]) for name in before if before[name] != now[name]}


def test_it_is_as_large_as_told(loaded):
    assert User.objects.filter(is_demo=True).count() == 12
    assert Customer.objects.filter(is_demo=True).count() == 40
    assert Opportunity.objects.filter(customer__is_demo=True).count() == 120
    assert Contact.objects.filter(customer__is_demo=True).count() == 75
    assert Chain.objects.filter(customer__is_demo=True, is_standing=True).count() == 39
    assert Opportunity.objects.exclude(chain=None).count() == 4
    assert "12 people, 40 customers, 75 contacts, 120 opportunities" in loaded.printed
    held = Activity.objects.filter(customer__is_demo=True).order_by("starts_at")
    assert held.count() > 1000
    span = timezone.now() - held[0].starts_at
    assert 350 < span.days < 450


def test_every_stage_and_state_has_its_sales(loaded):
    sales = Opportunity.objects.filter(customer__is_demo=True)
    stages = Counter(sales.filter(state__in=["open", "won"]).values_list("stage", flat=True))

    assert set(stages) == {
        "lead",
        "qualify",
        "discover",
        "prove",
        "propose",
        "negotiate",
        "deliver",
        "collect",
    }
    assert min(stages.values()) >= 8
    assert set(sales.values_list("state", flat=True)) == {
        "open",
        "on_hold",
        "won",
        "lost",
        "no_decision",
        "withdrawn",
    }


def test_sales_stand_where_the_files_say_and_walked_there(loaded):
    script = read_script()
    told = {
        (customer["name"], sale[0]): (sale[3].partition("@")[2] or sale[3])
        for customer in script.customers
        for sale in customer["sales"]
    }
    sales = Opportunity.objects.filter(customer__is_demo=True)

    got = {(s.customer.name, s.name): s.stage for s in sales.select_related("customer")}

    assert got == told
    assert not sales.filter(is_imported=True).exists()
    walked = Transition.objects.filter(opportunity__in=sales)
    assert Counter(walked.values_list("name", flat=True))["advance"] > 300
    assert not walked.filter(at__gt=timezone.now()).exists()


def test_an_unknown_role_holds_some_sales_back_and_no_other_criterion_of_people_does(loaded):
    now = timezone.now()
    here = {"qualify", "discover", "prove"}
    held = {}
    for sale in Opportunity.objects.filter(customer__is_demo=True, state="open", stage__in=here):
        with translation.override("en"):
            missing = {one.key: one.missing for one in gates.unmet(sale, at=now)}
        held[sale.name] = missing.get("roles-named", "")
        assert "decider-met" not in missing

    assert {name: sentence for name, sentence in held.items() if sentence} == {
        "厂房环境监控": "Approver, Technical evaluator, User buyer, Procurement unknown.",
        "岸桥状态监测": "User buyer, Procurement unknown.",
        "洁净厂房数字孪生": "Approver unknown.",
        "Substation control renewal": "Approver, User buyer unknown.",
    }


def test_something_is_due_and_something_is_late(loaded):
    clocks = StageClock.objects.filter(opportunity__customer__is_demo=True)

    assert clocks.filter(due_at__lt=timezone.now()).count() >= 5
    assert clocks.filter(due_at__gt=timezone.now()).count() >= 25
    planned = Action.objects.filter(customer__is_demo=True, state="planned")
    assert planned.filter(due_date__lt=timezone.now().date()).count() >= 5
    assert planned.count() >= 40

    sweep.run(at=timezone.now())
    drain(at=timezone.now())

    told = InboxItem.objects.filter(user__is_demo=True, read_at=None)
    kinds = {"reminder.80", "reminder.100", "reminder.150", "reminder.200"}
    assert kinds <= set(told.values_list("kind", flat=True))


def test_the_story_of_the_rotation_is_told(loaded):
    zhang = User.objects.get(username="zhang.wei")
    assert zhang.team.region == "东区 East"
    served = Assignment.objects.filter(customer__is_demo=True, part="primary")
    given = served.filter(user=zhang, ends_at__isnull=False)
    assert given.count() == 12
    assert set(
        served.filter(user=zhang, ends_at=None).values_list("customer__name", flat=True)
    ) == {"沪申半导体", "苏州恒精仪器", "浦江港机", "甬江石化"}
    owners = Counter(
        Opportunity.objects.filter(customer__in=given.values("customer"), state="open").values_list(
            "owner__username", flat=True
        )
    )
    assert set(owners) == {"wang.fang", "chen.qiang"}


def test_each_sees_his_own_and_nobody_sees_across(loaded):
    wang = User.objects.get(username="wang.fang")
    emma = User.objects.get(username="emma.clarke")
    li = User.objects.get(username="li.guoqiang")

    assert set(visible_customers(wang).values_list("team__name", flat=True)) == {"北区 North"}
    assert visible_customers(emma).filter(team__name="International").count() == 13
    assert not visible_customers(emma).exclude(team__name="International").exists()
    assert visible_opportunities(li).filter(customer__is_demo=True).count() == 120
    assert not visible_customers(loaded.cast.anna).filter(is_demo=True).exists()


def test_all_of_it_is_marked(loaded):
    names = ("anna", "nils", "boris", "ben", "clara", "dora", "otto", "system")
    assert not User.objects.filter(is_demo=False).exclude(username__in=names).exists()
    assert Team.objects.filter(is_demo=True).count() == 4
    assert Product.objects.filter(is_demo=True).count() == 5
    customers = Customer.objects.filter(is_demo=True).values("pk")
    assert not Event.objects.filter(scope_id__in=customers, is_demo=False).exists()
    assert not OutboxEntry.objects.exists()


@pytest.mark.parametrize("who", ["li.guoqiang", "zhao.min", "wang.fang", "emma.clarke"])
def test_every_page_answers_whoever_looks(loaded, who):
    way = visits.tour(who)

    assert way.wrong == []
    assert way.names == {name for name, _route in visits.ROUTES}


def test_loading_again_changes_nothing(loaded):
    before = fingerprint()

    assert "here already" in demo(yes=True)
    assert demo(if_empty=True) == ""

    assert differing(before) == {}


def test_sign_ins_are_printed_and_true(loaded, client):
    lines = [line.split() for line in demo(sign_ins=True).splitlines()]

    assert [line[0] for line in lines] == ["rep", "manager", "director", "administrator"]
    for _role, username, password in lines:
        assert User.objects.get(username=username).check_password(password)


def test_taking_it_away_leaves_everything_else_as_it_was(loaded):
    assert "demo rows removed" in demo(remove=True)

    assert differing(loaded.before) == {}
    assert "0 demo rows removed" in demo(remove=True)
    assert demo(sign_ins=True) == ""


def test_what_came_later_goes_with_it(loaded):
    """Reminders, messages to others, tokens, a guest's work at a demo customer."""
    dora = loaded.cast.dora
    now = timezone.now()
    sweep.run(at=now)
    customer = Customer.objects.filter(is_demo=True).first()
    wang = User.objects.get(username="wang.fang")
    create_token(name="t", by=wang, at=now)
    log_activity(customer=customer, kind="call", text="A guest calls", by=dora, at=now)
    assign(customer, loaded.cast.anna, "deputy", since=now)
    drain(at=now)

    demo(remove=True)

    assert differing(loaded.before) == {}


@pytest.mark.parametrize("what", ["customer", "user", "sale"])
def test_real_work_that_hangs_on_it_is_listed_and_nothing_is_removed(loaded, what):
    cast = loaded.cast
    wang = User.objects.get(username="wang.fang")
    if what == "customer":
        assign(cast.acme, wang, "deputy")
    elif what == "user":
        User.objects.filter(pk=cast.nils.pk).update(team=wang.team)
    else:
        product = Product.objects.filter(is_demo=True).first()
        Opportunity.objects.filter(pk=loaded.sale.pk).update(product=product)
    before = fingerprint()

    with pytest.raises(CommandError, match="Real work hangs on the demo company") as refusal:
        demo(remove=True)

    assert refusal.value.returncode == 2
    assert {"customer": "deputy", "user": "Nils", "sale": "Real"}[what] in str(refusal.value)
    assert differing(before) == {}


def test_with_debug_off_it_asks_for_a_yes(loaded):
    demo(remove=True)

    with pytest.raises(CommandError, match="passwords everybody knows"):
        demo()

    assert not User.objects.filter(is_demo=True).exists()
