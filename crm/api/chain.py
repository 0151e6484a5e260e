"""`/chains/`, `/stakeholders/`, lines and steps of a chain."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ChangesOne, ReadOne, ReadRows, Removes, RunsCommand
from core.errors import Invalid
from crm import access
from crm.api.proofs import proof_of
from crm.commands import attitudes, chain_copies, stakeholders
from crm.commands import chain as chains
from crm.commands.locks import lock, lock_customer
from crm.models import Chain, ChainLine, ChainStep, Stakeholder
from crm.queries import chain_page
from crm.serializers import chain as shapes

AT = filters.Moment("at", description="As it was at this moment; default: now.")


class Chains(ReadRows):
    """Decision chains of customers you may see: standing ones and those of deals."""

    serializer_class = shapes.ChainRow
    orders = {"-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "standing": filters.Flag("is_standing"),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_chains(self.request.user)


class ShowsChain(ReadOne):
    """A chain as a whole, now or at a moment before."""

    serializer_class = shapes.ChainShape
    filters = {"at": AT}

    def shown(self, chain: Chain) -> Any:
        """The picture of the moment asked for."""
        at = self.query.get("at") or self.now
        if at > self.now:
            raise Invalid("at lies ahead", details={"at": ["Only the past is known."]})
        return chain_page.whole(chain, at=at)


class OneChain(ShowsChain):
    """A decision chain you may see, with its people, lines and steps."""

    def thing(self, pk: int) -> Any:
        """It, or 404."""
        return self.shown(access.get_chain(self.request.user, pk))


class CustomerChain(ShowsChain, RunsCommand):
    """The standing chain of a customer. POST founds it, where there is none."""

    success_status = 200

    def thing(self, pk: int) -> Any:
        """It, or 404 where none was founded."""
        customer = access.get_customer(self.request.user, pk)
        return self.shown(access.get_standing_chain(customer))

    def run(self, data: dict[str, Any], pk: int) -> Any:
        """Found it."""
        customer = access.get_customer(self.request.user, pk)
        chain = chains.standing_chain(customer, by=self.request.user, at=self.now)
        return chain_page.whole(chain, at=self.now)


class ChainTakeLatest(RunsCommand):
    """Bring over what has changed in the chain this one was copied from."""

    output_class = shapes.TakenShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Any:
        """Take it."""
        chain = access.get_chain(self.request.user, pk)
        return chain_copies.take_latest(chain, by=self.request.user, at=self.now)


class Stakeholders(ReadRows, RunsCommand):
    """Who is in a chain; those removed with `removed=1`."""

    serializer_class = shapes.StakeholderShape
    input_class = shapes.StakeholderInput
    orders = {"id": ("id",)}
    filters = {
        "contact": filters.Id("contact_id"),
        "removed": filters.Flag(lambda rows, value: rows, description="Also those removed."),
    }

    def queryset(self) -> Any:
        """Of this chain."""
        chain = access.get_chain(self.request.user, self.kwargs["pk"])
        rows = chain.stakeholders.select_related("contact").prefetch_related("roles")
        return rows if self.query.get("removed") else rows.filter(removed_at=None)

    def run(self, data: dict[str, Any], pk: int) -> Stakeholder:
        """Add somebody, or a ghost."""
        user = self.request.user
        chain = access.get_chain(user, pk)
        contact, above = data.pop("contact", None), data.pop("reports_to", None)
        return stakeholders.add_stakeholder(
            chain,
            by=user,
            at=self.now,
            contact=access.get_contact(user, contact) if contact else None,
            reports_to=access.get_stakeholder(user, above) if above else None,
            roles=data.pop("roles", []),
            facts=data,
        )

    def location(self, thing: Stakeholder) -> str:
        """Its address."""
        return reverse("api-stakeholder", args=[thing.pk])


class OneStakeholder(ChangesOne, Removes):
    """A stakeholder you may see. DELETE takes it out of the chain; its history stays."""

    serializer_class = shapes.StakeholderShape
    input_class = shapes.StakeholderFacts

    def thing(self, pk: int) -> Stakeholder:
        """It, or 404."""
        return access.get_stakeholder(self.request.user, pk)

    def hold(self, thing: Stakeholder) -> None:
        """Its customer and chain first, as every change does."""
        lock_customer(thing.chain.customer_id)
        lock(thing.chain)
        lock(thing)

    def change(self, thing: Stakeholder, data: dict[str, Any]) -> Stakeholder:
        """Change facts, roles and superior."""
        user = self.request.user
        if data.get("reports_to"):
            data["reports_to"] = access.get_stakeholder(user, data["reports_to"])
        return stakeholders.change_stakeholder(thing, by=user, at=self.now, changes=data)

    def remove(self, pk: int) -> None:
        """Take it out."""
        stakeholder = access.get_stakeholder(self.request.user, pk)
        stakeholders.remove_stakeholder(stakeholder, by=self.request.user, at=self.now)


class StakeholderFill(RunsCommand):
    """Somebody turned up for a ghost's place."""

    input_class = shapes.FillInput
    output_class = shapes.StakeholderShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Stakeholder:
        """Fill it; who has a place already takes the roles over."""
        user = self.request.user
        ghost = access.get_stakeholder(user, pk)
        contact = access.get_contact(user, data["contact"])
        return stakeholders.fill_ghost(ghost, contact=contact, by=user, at=self.now)


class StakeholderAttitude(RunsCommand):
    """Assess how a stakeholder stands to us. It always needs evidence."""

    input_class = shapes.AttitudeInput
    output_class = shapes.StakeholderShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Stakeholder:
        """Assess."""
        user = self.request.user
        stakeholder = access.get_stakeholder(user, pk)
        return attitudes.set_attitude(
            stakeholder,
            attitude=data["attitude"],
            evidence=proof_of(user, data) or {},
            by=user,
            at=self.now,
        )


class StakeholderHistory(ReadRows):
    """What was held of a stakeholder, interval by interval, the newest first."""

    serializer_class = shapes.SpanShape
    orders = {"-starts_at": ("-starts_at",)}

    def queryset(self) -> Any:
        """Of this stakeholder."""
        return access.get_stakeholder(self.request.user, self.kwargs["pk"]).spans.all()


class Lines(ReadRows, RunsCommand):
    """Lines of a chain; those ended with `ended=1`."""

    serializer_class = shapes.LineShape
    input_class = shapes.LineInput
    orders = {"id": ("id",)}
    filters = {"ended": filters.Flag(lambda rows, value: rows, description="Also those ended.")}

    def queryset(self) -> Any:
        """Of this chain."""
        rows = access.get_chain(self.request.user, self.kwargs["pk"]).lines.all()
        return rows if self.query.get("ended") else rows.filter(ends_at=None)

    def run(self, data: dict[str, Any], pk: int) -> ChainLine:
        """Draw it."""
        user = self.request.user
        chain = access.get_chain(user, pk)
        return chains.draw_line(
            chain,
            source=access.get_stakeholder(user, data.pop("source")),
            target=access.get_stakeholder(user, data.pop("target")),
            by=user,
            at=self.now,
            **data,
        )


class OneLine(Removes):
    """A line of a chain. DELETE ends it; the history keeps it."""

    def remove(self, pk: int) -> None:
        """End it."""
        line = access.get_chain_line(self.request.user, pk)
        chains.end_line(line, by=self.request.user, at=self.now)


class Steps(ReadRows, RunsCommand):
    """The customer's procedure, step by step."""

    serializer_class = shapes.ChainStepShape
    input_class = shapes.StepInput
    orders = {"position": ("position",)}

    def queryset(self) -> Any:
        """Of this chain."""
        return access.get_chain(self.request.user, self.kwargs["pk"]).steps.all()

    def run(self, data: dict[str, Any], pk: int) -> ChainStep:
        """Add it: at the end, or before the one at `position`."""
        user = self.request.user
        chain = access.get_chain(user, pk)
        order = {name: data.pop(name, None) for name in ("position", "seen")}
        facts = with_stakeholder(user, data)
        return chains.add_step(chain, by=user, at=self.now, facts=facts, **order)


class OneStep(ChangesOne, Removes):
    """A step of a procedure you may see. DELETE takes it out."""

    serializer_class = shapes.ChainStepShape
    input_class = shapes.StepFacts

    def thing(self, pk: int) -> ChainStep:
        """It, or 404."""
        return access.get_chain_step(self.request.user, pk)

    def hold(self, thing: ChainStep) -> None:
        """Its customer and chain first, as every change does."""
        lock_customer(thing.chain.customer_id)
        lock(thing.chain)
        lock(thing)

    def change(self, thing: ChainStep, data: dict[str, Any]) -> ChainStep:
        """Change it, or move it."""
        user = self.request.user
        position = data.pop("position", None)
        changes = with_stakeholder(user, data)
        return chains.change_step(thing, by=user, at=self.now, changes=changes, position=position)

    def remove(self, pk: int) -> None:
        """Take it out of the procedure."""
        step = access.get_chain_step(self.request.user, pk)
        chains.remove_step(step, by=self.request.user, at=self.now)


def with_stakeholder(user: Any, data: dict[str, Any]) -> dict[str, Any]:
    """The same, with the stakeholder in place of its number."""
    if data.get("stakeholder"):
        return {**data, "stakeholder": access.get_stakeholder(user, data["stakeholder"])}
    return data
