"""`/gates/`: decisions at gates, each verb a POST; `/approval-rules/`: the table of their paths."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse

from accounts.queries.users import get_user
from core.api import filters
from core.api.views import ChangesOne, ReadRows, Removes, RunsCommand
from core.errors import Invalid, NotFound
from crm.serializers.activities import ReasonInput
from pipeline import access
from pipeline.commands import approval, gate_decisions, gates
from pipeline.commands.gate_decisions import Condition
from pipeline.models import ApprovalRule, Gate, GateDecision
from pipeline.queries.gates import waiting_for
from pipeline.serializers import gates as shapes


class Gates(ReadRows, RunsCommand):
    """Decisions on sales you see, and those you are asked about. POST requests one."""

    serializer_class = shapes.GateRow
    input_class = shapes.RequestInput
    output_class = shapes.GateShape
    orders = {"-requested_at": ("-requested_at",), "-id": ("-id",)}
    filters = {
        "opportunity": filters.Id("opportunity_id", many=True),
        "gate": filters.Choice("gate", Gate, many=True),
        "state": filters.Choice("state", GateDecision.State, many=True),
        "waiting_for_me": filters.Flag(
            lambda rows, value: rows, description="Those that wait for your vote."
        ),
    }

    def queryset(self) -> Any:
        """What this user sees."""
        rows = access.visible_gates(self.request.user)
        if self.query.get("waiting_for_me"):
            return rows.filter(pk__in=waiting_for(self.request.user).values("pk"))
        return rows

    def run(self, data: dict[str, Any], **kwargs: Any) -> GateDecision:
        """Ask for it."""
        user = self.request.user
        sale = access.get_opportunity(user, data.pop("opportunity"))
        data["people"] = _people(data.get("people", ()), "people")
        return gates.request(sale, by=user, at=self.now, **data)

    def location(self, thing: Any) -> str:
        """Its address."""
        return reverse("api-gate", args=[thing.pk])


def _people(ids: Any, field: str) -> list[Any]:
    """Who is named; Invalid where there is nobody of that number."""
    try:
        return [get_user(pk) for pk in ids]
    except NotFound as error:
        raise Invalid(error.message, details={field: [error.message]}) from error


class OneGate(ChangesOne):
    """One decision; PATCH writes the texts anew, until somebody has spoken on them."""

    serializer_class = shapes.GateShape
    input_class = shapes.PackChange

    def thing(self, **kwargs: Any) -> GateDecision:
        """It, or 404."""
        return access.get_gate(self.request.user, kwargs["pk"])

    def hold(self, thing: Any) -> None:
        """Its sale first, as every command does."""
        gates.hold(thing)

    def change(self, thing: Any, data: dict[str, Any]) -> Any:
        """Write them."""
        if not data:
            return thing
        return gates.change_pack(thing, by=self.request.user, at=self.now, **data)


class GateVerb(RunsCommand):
    """What every verb on one decision shares; who sees it no more afterwards is still answered."""

    output_class = shapes.GateShape
    success_status = 200
    command: ClassVar[Any]

    def run(self, data: dict[str, Any], **kwargs: Any) -> GateDecision:
        """Do it."""
        user = self.request.user
        thing = access.get_gate(user, kwargs["pk"])
        done: GateDecision = type(self).command(thing, by=user, at=self.now, **self.given(data))
        return done

    def given(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the command takes of the body."""
        return data


class GateInvite(GateVerb):
    """Ask more people to speak for their departments."""

    input_class = shapes.InviteInput
    command = staticmethod(gates.invite)

    def given(self, data: dict[str, Any]) -> dict[str, Any]:
        """People by their numbers."""
        return {"people": _people(data["people"], "people")}


class GateSchedule(GateVerb):
    """Set the time of the decision."""

    input_class = shapes.ScheduleInput
    command = staticmethod(gates.schedule)


class GateSpeak(GateVerb):
    """Speak once for your department."""

    input_class = shapes.VoteInput
    command = staticmethod(gates.vote)


class GateWithdraw(GateVerb):
    """Take the request back."""

    input_class = ReasonInput
    command = staticmethod(gates.withdraw)


class GateDecide(GateVerb):
    """Write down what was decided; never by who requested it."""

    input_class = shapes.DecideInput
    command = staticmethod(gate_decisions.decide)

    def given(self, data: dict[str, Any]) -> dict[str, Any]:
        """Conditions with the people who do them."""
        rows = data.pop("conditions", [])
        owners = _people([row["owner"] for row in rows], "conditions")
        conditions = [
            Condition(row["text"], owner, row["due_date"])
            for row, owner in zip(rows, owners, strict=True)
        ]
        return data | {"conditions": conditions}


class GateConditionDone(RunsCommand):
    """A condition is done, shown by what."""

    input_class = shapes.ConditionDoneInput
    output_class = shapes.GateShape
    success_status = 200

    def run(self, data: dict[str, Any], **kwargs: Any) -> GateDecision:
        """Note it."""
        user = self.request.user
        condition = access.get_gate_condition(user, kwargs["pk"])
        return gate_decisions.fulfil(condition, by=user, at=self.now, **data)


class ApprovalRules(ReadRows, RunsCommand):
    """The table of who has to take part. POST writes a line."""

    serializer_class = shapes.RuleShape
    input_class = shapes.RuleInput
    orders = {"id": ("id",), "-id": ("-id",)}
    filters = {"gate": filters.Choice("gate", Gate, many=True)}

    def queryset(self) -> Any:
        """All of it."""
        return access.approval_rules()

    def run(self, data: dict[str, Any], **kwargs: Any) -> ApprovalRule:
        """Write it."""
        return approval.add_rule(by=self.request.user, at=self.now, **data)

    def location(self, thing: Any) -> str:
        """Its address."""
        return reverse("api-approval-rule", args=[thing.pk])


class OneApprovalRule(ChangesOne, Removes):
    """One line of the table."""

    serializer_class = shapes.RuleShape
    input_class = shapes.RuleInput

    def thing(self, **kwargs: Any) -> ApprovalRule:
        """It, or 404."""
        return access.get_approval_rule(kwargs["pk"])

    def change(self, thing: Any, data: dict[str, Any]) -> Any:
        """Write it anew."""
        return approval.change_rule(thing, by=self.request.user, at=self.now, **data)

    def remove(self, **kwargs: Any) -> None:
        """Take it out."""
        approval.remove_rule(self.thing(**kwargs), by=self.request.user, at=self.now)
