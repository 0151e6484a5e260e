"""Every way around the transitions is shut, and trying changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms import modelform_factory
from django.test import Client
from django_fsm import TransitionNotAllowed

from core.models import Event
from pipeline.commands import opportunities as verbs
from pipeline.commands import waivers
from pipeline.models import (
    ExitCriterion,
    Opportunity,
    PipelineVersion,
    Stage,
    StageVisit,
    Transition,
)
from tests.cast import NOW, UserFactory
from tests.pipeline.sales import advance_to, open_sale, satisfy, snapshot

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def sql(statement: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def refused(run: Callable[[], Any], *errors: type[Exception]) -> Exception:
    """It raises one of these (by default the database's refusal)."""

    def whole() -> None:
        with transaction.atomic():
            run()
            sql("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(errors or (IntegrityError,)) as caught:
        whole()
    return caught.value


def poke(sale: Opportunity, **values: Any) -> Opportunity:
    """An instance whose protected fields were set behind the descriptor's back."""
    sale.__dict__.update(values)
    return sale


WRONG = [("stage", "qualify"), ("state", "won"), ("state", "lost"), ("state", "on_hold")]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_writing_the_column_some_other_way(cast, b2b8, name, value):
    sale = satisfy(open_sale(cast), NOW)
    before = snapshot(sale)
    rows = Opportunity.objects.filter(pk=sale.pk)
    values = {name: value} | ({"closed_at": LATER} if value in ("won", "lost") else {})
    refused(lambda: setattr(sale, name, value), AttributeError)
    refused(lambda: poke(Opportunity.objects.get(pk=sale.pk), **values).save())
    refused(lambda: poke(Opportunity.objects.get(pk=sale.pk), **values).save(update_fields=[name]))
    refused(lambda: rows.update(**values))
    refused(lambda: Opportunity.objects.bulk_update([poke(rows.get(), **values)], [*values]))
    columns = ", ".join(f"{column} = %s" for column in values)
    refused(
        lambda: sql(
            f"UPDATE pipeline_opportunity SET {columns} WHERE id = %s", *values.values(), sale.pk
        )
    )
    refused(
        lambda: sql(
            f"UPDATE pipeline_opportunity SET {columns}, ledger_seq = ledger_seq + 1 WHERE id = %s",
            *values.values(),
            sale.pk,
        )
    )
    assert snapshot(sale) == before


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_saving_a_copy_of_the_row(cast, b2b8, name, value):
    sale = open_sale(cast)
    before = snapshot(sale)
    fields = {
        field.attname: getattr(sale, field.attname)
        for field in Opportunity._meta.concrete_fields
        if field.name not in ("stage", "state")
    }
    closed = {"closed_at": LATER} if value in ("won", "lost") else {}
    values = fields | {"stage": sale.stage, "state": sale.state, name: value} | closed
    refused(lambda: Opportunity(**values).save(force_update=True))
    refused(
        lambda: Opportunity.objects.bulk_create(
            [Opportunity(**values)],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[name],
        )
    )
    assert snapshot(sale) == before


def newborn(cast: SimpleNamespace, b2b8: PipelineVersion, **values: Any) -> Opportunity:
    given = {"stage": "lead", "state": "open"} | values
    return Opportunity(
        customer=cast.acme,
        name="Born elsewhere",
        owner=cast.anna,
        version=b2b8,
        opened_at=NOW,
        updated_at=NOW,
        **given,
    )


@pytest.mark.parametrize(
    "values",
    [
        {"state": "won", "closed_at": NOW},
        {"state": "lost", "closed_at": NOW},
        {"state": "on_hold"},
        {"stage": "qualify"},
        {"stage": "deliver"},
        {"stage": "nonsense"},
        {"ledger_seq": 1},
        {"closed_at": NOW},
        {"is_imported": True, "state": "won", "closed_at": NOW},
        {},  # at the first stage, but without its ledger row
        {"is_imported": True},
    ],
)
def test_being_born_anywhere_but_through_the_ledger(cast, b2b8, values):
    refused(lambda: newborn(cast, b2b8, **values).save())
    refused(lambda: Opportunity.objects.bulk_create([newborn(cast, b2b8, **values)]))
    assert not Opportunity.objects.exists()


def test_a_sale_of_an_unpublished_version(cast, b2b8):
    draft = PipelineVersion.objects.create(pipeline=b2b8.pipeline, number=9, digest="x")
    Stage.objects.create(
        version=draft, key="lead", position=1, names={"en": "x"}, probability=0, category="omitted"
    )
    refused(lambda: newborn(cast, draft).save())


def test_the_machine_alone_moves_nothing(cast, b2b8):
    sale = open_sale(cast)
    before = snapshot(sale)
    refused(sale.advance, TransitionNotAllowed)
    refused(sale.win, TransitionNotAllowed)
    sale.hold()
    refused(sale.save)
    sale.refresh_from_db()
    assert sale.state == "open"
    assert snapshot(sale) == before


def test_a_form_has_no_stage_or_state(cast, b2b8):
    sale = open_sale(cast)
    before = snapshot(sale)
    form_class = modelform_factory(Opportunity, fields=["name"])
    data = {"name": "x", "stage": "qualify", "state": "won"}
    form = form_class(data, instance=sale)
    assert form.is_valid()
    form.save()
    every = modelform_factory(Opportunity, fields=["stage", "state"])
    refused(
        lambda: every({"stage": "qualify", "state": "won"}, instance=sale).save(),
        AttributeError,
        IntegrityError,
        ValueError,
    )
    assert snapshot(sale) == before


def test_the_admin_only_shows(cast, b2b8):
    sale = open_sale(cast)
    before = snapshot(sale)
    client = Client()
    admin = UserFactory(username="root", role="administrator", team=cast.company)
    client.force_login(admin, backend="accounts.backends.RoleBackend")
    base = f"/admin/pipeline/opportunity/{sale.pk}"
    assert client.get(f"{base}/change/").status_code == 200
    data = {"name": "x", "stage": "qualify", "state": "won"}
    assert client.post(f"{base}/change/", data).status_code == 403
    assert client.post(f"{base}/delete/", {"post": "yes"}).status_code == 403
    assert client.post("/admin/pipeline/opportunity/add/", data).status_code == 403
    assert snapshot(sale) == before
    assert Opportunity.objects.get().name == "Line 2"


def forged(sale: Opportunity, by: Any, **values: Any) -> Transition:
    """A ledger row that would be right for advancing this sale, but for what is given."""
    here = Stage.objects.get(version=sale.version, key=sale.stage)
    right = {
        "opportunity": sale,
        "seq": sale.ledger_seq + 1,
        "name": "advance",
        "from_stage": sale.stage,
        "from_state": sale.state,
        "to_stage": "qualify",
        "to_state": "open",
        "at": LATER,
        "by": by,
        "criteria_met": list(here.criteria.values_list("pk", flat=True)),
    }
    return Transition(**(right | values))


@pytest.mark.parametrize(
    "values",
    [
        {"to_stage": "discover"},
        {"to_stage": "negotiate"},
        {"to_stage": "deliver"},
        {"to_stage": "lead"},
        {"to_stage": "nonsense"},
        {"to_state": "won"},
        {"from_stage": "qualify", "to_stage": "discover"},
        {"from_stage": "", "from_state": ""},
        {"from_state": "won", "to_state": "won"},
        {"seq": 1},
        {"seq": 3},
        {"seq": 0},
        {"at": NOW - timedelta(seconds=1)},
        {"criteria_met": []},
        {"criteria_met": [0, -1]},
        {"name": "send_back", "reason": "x"},
        {"name": "hold", "to_state": "on_hold"},
        {"name": "hold", "to_stage": "lead", "to_state": "won"},
        {"name": "resume", "to_stage": "lead"},
        {"name": "win", "to_stage": "deliver", "to_state": "won"},
        {"name": "lose", "to_stage": "lead", "to_state": "lost"},
        {"name": "lose", "to_stage": "lead", "to_state": "won", "reason": "x"},
        {"name": "lose", "to_stage": "lead", "to_state": "on_hold", "reason": "x"},
        {"name": "reopen", "to_stage": "lead", "reason": "x"},
        {"name": "open", "to_stage": "lead"},
        {"name": "import"},
        {"name": "import", "to_state": "won", "to_stage": "deliver"},
        {"name": "nonsense"},
    ],
)
def test_a_forged_ledger_row(cast, b2b8, values):
    sale = open_sale(cast)
    before = snapshot(sale)
    refused(lambda: forged(sale, cast.anna, **values).save())
    refused(lambda: Transition.objects.bulk_create([forged(sale, cast.anna, **values)]))
    assert snapshot(sale) == before


def test_only_a_row_that_claims_every_criterion_passes(cast, b2b8):
    sale = open_sale(cast)
    ids = list(
        ExitCriterion.objects.filter(stage__key="lead", mandatory=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for some in ([], ids[:1], ids[1:]):
        refused(lambda some=some: forged(sale, cast.anna, criteria_met=some).save())
    waived = forged(sale, cast.anna, criteria_met=ids[:1], criteria_waived=ids[1:])
    refused(lambda: waived.save())
    _let_pass(sale, ids[1:], cast)
    waived.save()
    sale.refresh_from_db()
    assert sale.stage == "qualify"


def _let_pass(sale, ids, cast):
    """What is waived was asked for, and granted by somebody else."""
    for key in ExitCriterion.objects.filter(pk__in=ids).values_list("key", flat=True):
        asked = waivers.ask(
            sale,
            criterion=key,
            reason="x",
            compensation="y",
            until_date=LATER.date(),
            by=cast.anna,
            at=NOW,
        )
        waivers.grant(asked, by=cast.boris, at=NOW)


@pytest.mark.parametrize("closed", ["won", "lost"])
def test_a_closed_sale_does_not_move_by_forgery(cast, b2b8, closed):
    sale = open_sale(cast)
    if closed == "won":
        sale = advance_to(sale, "deliver")
    else:
        sale = verbs.lose(sale, by=cast.anna, at=LATER, outcome="lost", reason="x")
    before = snapshot(sale)
    at = LATER + timedelta(days=1)
    for name, stage, state in [
        ("advance", "qualify", "open"),
        ("hold", sale.stage, "on_hold"),
        ("resume", sale.stage, "open"),
        ("win", "deliver", "won"),
        ("lose", sale.stage, "withdrawn"),
        ("reopen", "lead" if closed == "won" else "qualify", "open"),
    ]:
        row = {"name": name, "to_stage": stage, "to_state": state, "reason": "x", "at": at}
        refused(lambda row=row: forged(sale, cast.anna, **row).save())
    refused(lambda: Opportunity.objects.filter(pk=sale.pk).update(owner=cast.boris))
    assert snapshot(sale) == before


def test_history_is_neither_changed_nor_deleted_nor_written_beside(cast, b2b8):
    sale = advance_to(open_sale(cast), "discover")
    before = snapshot(sale)
    events = list(Event.objects.order_by("pk").values_list())
    for model in (Transition, StageVisit, Event):
        table = model._meta.db_table
        column = {"core_event": "name", "pipeline_stagevisit": "stage"}.get(table, "reason")
        refused(lambda model=model, column=column: model.objects.update(**{column: "x"}))
        refused(lambda model=model: model.objects.all().delete())
        refused(lambda table=table: sql(f"DELETE FROM {table}"))
        refused(lambda table=table, column=column: sql(f"UPDATE {table} SET {column} = 'x'"))
    move = sale.transitions.first()
    refused(
        lambda: StageVisit.objects.create(
            opportunity=sale, stage="prove", entered_at=LATER, transition=move
        )
    )
    refused(
        lambda: StageVisit.objects.bulk_create(
            [StageVisit(opportunity=sale, stage="prove", entered_at=LATER, transition=move)]
        )
    )
    refused(lambda: StageVisit.objects.filter(left_at=None).update(left_at=LATER))
    refused(lambda: sql("DELETE FROM pipeline_opportunity WHERE id = %s", sale.pk))
    refused(sale.delete)
    assert snapshot(sale) == before
    assert list(Event.objects.order_by("pk").values_list()) == events


def test_where_a_sale_comes_from_never_changes(cast, b2b8):
    sale = open_sale(cast)
    other = PipelineVersion.objects.create(pipeline=b2b8.pipeline, number=9, digest="x")
    rows = Opportunity.objects.filter(pk=sale.pk)
    refused(lambda: rows.update(version=other))
    refused(lambda: rows.update(is_imported=True))
    refused(lambda: rows.update(birth_xact=1))
    refused(lambda: rows.update(ledger_seq=7))
    refused(lambda: rows.update(closed_at=LATER))


def test_a_published_version_never_changes(cast, b2b8):
    stage = Stage.objects.filter(version=b2b8).first()
    refused(lambda: Stage.objects.filter(pk=stage.pk).update(limits={}))
    refused(lambda: Stage.objects.filter(pk=stage.pk).delete())
    refused(lambda: ExitCriterion.objects.filter(stage=stage).update(mandatory=False))
    refused(lambda: ExitCriterion.objects.filter(stage=stage).delete())
    refused(
        lambda: ExitCriterion.objects.create(
            stage=stage, key="x", position=9, kind="field_filled", texts={"en": "x"}
        )
    )
    refused(lambda: PipelineVersion.objects.filter(pk=b2b8.pk).update(digest="x"))
    refused(lambda: PipelineVersion.objects.filter(pk=b2b8.pk).update(published_at=None))


@pytest.mark.django_db(transaction=True)
def test_an_imported_sale_takes_no_import_row_later():
    from accounts.queries.users import system_user
    from pipeline.commands.pipelines import publish
    from tests.cast import gather
    from tests.pipeline.conftest import default_pipeline

    cast = gather()
    by = system_user()
    version = publish(draft=default_pipeline(), by=by, at=NOW).version
    with transaction.atomic():
        sale = newborn(cast, version, is_imported=True)
        sale.save()
        first = {"seq": 1, "name": "import", "from_stage": "", "from_state": ""}
        forged(sale, by, **first, to_stage="prove", at=NOW).save()
        sale.refresh_from_db()
    assert (sale.stage, sale.ledger_seq) == ("prove", 1)
    before = snapshot(sale)
    refused(lambda: forged(sale, by, name="import", to_stage="negotiate").save())
    refused(lambda: forged(sale, by, name="import", to_state="won", to_stage="deliver").save())
    refused(lambda: Opportunity.objects.filter(pk=sale.pk).update(stage="negotiate"))
    assert snapshot(sale) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"stage": "negotiate"},
        {"stage": "won", "closed_date": NOW.date()},
        {"stage": "lost@discover", "closed_date": NOW.date(), "close_reason": "price"},
        {"created_date": NOW.date() - timedelta(days=80)},
        {"entered_date": NOW.date() - timedelta(days=29)},
        {"entered_date": NOW.date() - timedelta(days=29), "amount": Decimal(5)},
    ],
)
def test_importing_a_row_again_moves_nothing(cast, b2b8, changed):
    from accounts.queries.users import system_user
    from pipeline.commands.imports import import_opportunities

    row = {
        "external_id": "x1",
        "name": "Taken over",
        "customer": "Acme",
        "owner": "anna",
        "stage": "discover",
        "created_date": NOW.date() - timedelta(days=90),
        "entered_date": NOW.date() - timedelta(days=30),
    }
    given = {"source": "old", "by": system_user(), "at": LATER}
    first = import_opportunities([row], **given)
    assert first.created == 1, first
    sale = Opportunity.objects.get(external_id="x1")
    before = snapshot(sale)
    again = import_opportunities([row | changed], **given)
    assert (again.created, again.updated, len(again.rejected)) == (0, 0, 1), again
    assert import_opportunities([row], **given).unchanged == 1
    assert snapshot(sale) == before
