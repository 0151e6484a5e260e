"""Which customers a user sees, and what he may do to one. The only place that decides it.

A list and a single thing follow one rule: the single thing is looked up in the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from accounts.access import may as role_may
from accounts.access import reach, reading_teams
from accounts.access import require as require_role
from accounts.models import User
from accounts.roles import ALL_READ
from core.errors import NotFound, Refused
from crm.models import (
    Action,
    Activity,
    Assessment,
    Assignment,
    Chain,
    ChainLine,
    ChainStep,
    Commitment,
    Concern,
    Contact,
    ContactBan,
    Customer,
    Evidence,
    Expectation,
    HelpRequest,
    JointGoal,
    Judgement,
    PeerPair,
    Reassignment,
    Stakeholder,
    Tie,
    ValueOffer,
)

NARROW_LIMIT = 10_000
"""Below about this many visible customers, children are found through an array of their ids."""

WRITING_PARTS = frozenset({Assignment.Part.PRIMARY, Assignment.Part.DEPUTY})
TEAM_PARTS = WRITING_PARTS | {
    Assignment.Part.SPONSOR,
    Assignment.Part.SOLUTION,
    Assignment.Part.DELIVERY,
}
PARTS_FOR = dict.fromkeys((
    "activity.log", "activity.change", "action.create", "action.change", "contact.create",
    "contact.change", "contact.ban", "contact.limit", "chain.change", "tie.change",
    "peer_pair.change", "commitment.make", "commitment.change", "value.offer", "value.change",
    "intel.note", "goal.set", "goal.change", "concern.raise", "concern.change", "help.ask",
    "meddpicc.score", "pain.note", "solution.note", "rival.note", "proposal.write",
    "criterion.confirm",
), TEAM_PARTS)  # fmt: skip
"""Which parts of an assignment allow a capability; the others need a writing part."""

_BIGGEST_ID = 2**63 - 1

_EXCEPTIONS = """ARRAY(
    SELECT content_object_id FROM crm_customeruserpermission
    WHERE user_id = %s AND permission_id = crm_view_customer()
    UNION ALL
    SELECT g.content_object_id FROM crm_customergrouppermission g
    JOIN accounts_user_groups m ON m.group_id = g.group_id
    WHERE m.user_id = %s AND g.permission_id = crm_view_customer() AND g.origin <> 'team'
)"""
"""Customers seen by a grant of one's own, or of a group that is a guest; `crm_view_customer` is the
permission's id, a stable function of migration 0002. Written out, because nearly every question
holds it: composed of querysets it cost a millisecond, and a board holds it seven times.
"""


_READERS_OF_ALL = ", ".join(f"'{role}'" for role in sorted(ALL_READ))
SEES = f"""(
    h.role IN ({_READERS_OF_ALL})
    OR EXISTS (
        SELECT FROM accounts_user_groups g JOIN accounts_team t ON t.group_id = g.group_id
        WHERE g.user_id = h.id AND t.id = c.team_id
    )
    OR EXISTS (
        SELECT FROM crm_customeruserpermission g
        WHERE g.user_id = h.id AND g.content_object_id = c.id
            AND g.permission_id = crm_view_customer()
    )
    OR EXISTS (
        SELECT FROM crm_customergrouppermission g
        JOIN accounts_user_groups m ON m.group_id = g.group_id
        WHERE m.user_id = h.id AND g.content_object_id = c.id
            AND g.permission_id = crm_view_customer() AND g.origin <> 'team'
    )
)"""  # noqa: S608 - a constant
"""The rule of `visible_customers` for many people at once, as SQL: user `h` sees customer `c`.

It does not ask whether `h` may sign in.
"""


class AnyOf(Func):
    """`ANY(array)`, for `id = ANY(ARRAY(subquery))`: the subquery runs once, before the walk."""

    function = "ANY"
    arity = 1


class Equals(Func):
    """`a = b` without the brackets Django's own lookup puts around b."""

    template = "%(expressions)s"
    arg_joiner = " = "
    arity = 2
    output_field = models.BooleanField()


def is_any_of(column: str, subquery: QuerySet[Any]) -> Equals:
    """The condition `column = ANY(ARRAY(subquery))`."""
    return Equals(F(column), AnyOf(ArraySubquery(subquery)))


def visible_customers(user: User) -> QuerySet[Customer]:
    """Every customer the user may see; equals django-guardian's own answer, and is fast."""
    if not user.is_active:
        return Customer.objects.none()
    if user.role in ALL_READ:
        return Customer.objects.all()
    return Customer.objects.filter(_seen(user))


def _seen(user: User, through: str = "") -> Q:
    """The condition on a customer, or on the one a row of another table leads to."""
    exceptions = AnyOf(RawSQL(_EXCEPTIONS, [user.pk, user.pk]))  # noqa: S611 - a constant text
    teams = {f"{through}__team_id__in" if through else "team_id__in": reading_teams(user)}
    return Q(**teams) | Q(Equals(F(f"{through}_id" if through else "pk"), exceptions))


def get_customer(user: User, pk: int) -> Customer:
    """The customer, or NotFound: one a user may not see does not exist for him."""
    return find(visible_customers(user).select_related("team"), pk)


def get_customer_below(user: User, pk: int) -> Customer:
    """The same with its parent, for `visible_parent`, in the same query.

    For a page, whose queries are counted; few customers are part of another, so a reader of one
    row had better ask for the parent where there is one.
    """
    seen = Exists(visible_customers(user).filter(pk=OuterRef("parent_id")))
    found = visible_customers(user).select_related("team", "parent")
    return find(found.annotate(parent_is_seen=seen), pk)


def visible_parent(user: User, customer: Customer) -> Customer | None:
    """What the customer is part of, if the user may see that too."""
    if customer.parent_id is None:
        return None
    if hasattr(customer, "parent_is_seen"):
        return customer.parent if customer.parent_is_seen else None
    return visible_customers(user).filter(pk=customer.parent_id).first()


def resolve_parent(
    user: User, facts: Mapping[str, Any], customer: Customer | None = None
) -> dict[str, Any]:
    """The same facts, with the parent as a customer the user may see, in place of its number.

    A customer whose parent is hidden is shown without one; given back like that, it keeps it.
    """
    if "parent" not in facts:
        return dict(facts)
    if facts["parent"]:
        return {**facts, "parent": get_customer(user, facts["parent"])}
    if customer is not None and customer.parent_id and visible_parent(user, customer) is None:
        return {name: value for name, value in facts.items() if name != "parent"}
    return {**facts, "parent": None}


def find(queryset: QuerySet[Any], pk: int) -> Any:
    """The row of a visible list with this id; NotFound when there is none."""
    found = queryset.filter(pk=pk).first() if 0 < pk <= _BIGGEST_ID else None
    if found is None:
        raise NotFound(_("Not found, or not yours to see."))
    return found


def is_wide(user: User) -> bool:
    """Whether the user sees so many customers that children are better found by a join.

    Many are more than NARROW_LIMIT, or half of all: who walks the newest rows of everybody then
    finds every second one his own.
    """
    if user.role in ALL_READ:
        return True
    key = f"wide:{user.pk}"
    known = cache.get(key)
    if known is None:
        seen = visible_customers(user)[: NARROW_LIMIT + 1].count()
        known = seen > NARROW_LIMIT or not Customer.objects.all()[2 * seen :].exists()
        cache.set(key, known, 300)
    return bool(known)


def limit_to_visible(queryset: QuerySet[Any], user: User, through: str = "customer") -> Any:
    """Keep the rows whose customer the user sees.

    Few visible customers: by an array of their ids. Many: by a join, which lets the planner walk
    the child's own index (MEASURED, children).
    """
    if user.is_active and user.role in ALL_READ:
        return queryset
    if not user.is_active:
        return queryset.none()
    if is_wide(user):
        return queryset.filter(_seen(user, through))
    return queryset.filter(is_any_of(f"{through}_id", visible_customers(user).values("pk")))


def visible_contacts(user: User) -> QuerySet[Contact]:
    return limit_to_visible(Contact.objects.all(), user)


def visible_activities(user: User) -> QuerySet[Activity]:
    return limit_to_visible(Activity.objects.all(), user)


def visible_actions(user: User) -> QuerySet[Action]:
    return limit_to_visible(Action.objects.all(), user)


def visible_assignments(user: User) -> QuerySet[Assignment]:
    return limit_to_visible(Assignment.objects.all(), user)


def visible_chains(user: User) -> QuerySet[Chain]:
    return limit_to_visible(Chain.objects.all(), user)


def visible_evidence(user: User) -> QuerySet[Evidence]:
    return limit_to_visible(Evidence.objects.all(), user)


def visible_ties(user: User) -> QuerySet[Tie]:
    """Who of us knows whom, where the user sees the customer the contact works for."""
    return limit_to_visible(Tie.objects.all(), user, through="contact__customer")


def visible_peer_pairs(user: User) -> QuerySet[PeerPair]:
    """Who of us is to meet whom, where the user sees the customer the contact works for."""
    return limit_to_visible(PeerPair.objects.all(), user, through="contact__customer")


def visible_assessments(user: User) -> QuerySet[Assessment]:
    """That a round is open, and who was asked; not what they say."""
    return limit_to_visible(Assessment.objects.all(), user, through="chain__customer")


def visible_judgements(user: User, assessment: Assessment) -> QuerySet[Judgement]:
    """One's own; both, once both have saved. There is no other way to read them."""
    said = Judgement.objects.filter(assessment=assessment).order_by("pk")
    if assessment.revealed_at is not None:
        return said.filter(assessment__in=visible_assessments(user))
    return said.filter(assessor=user)


def get_contact(user: User, pk: int) -> Contact:
    return find(visible_contacts(user).select_related("customer"), pk)


def get_contacts(user: User, pks: Iterable[int]) -> list[Contact]:
    """Several people at customers; NotFound when the user does not see one of them."""
    wanted = list(dict.fromkeys(pks))
    found = visible_contacts(user).in_bulk([pk for pk in wanted if 0 < pk <= _BIGGEST_ID])
    if len(found) != len(wanted):
        raise NotFound(_("Not found, or not yours to see."))
    return [found[pk] for pk in wanted]


def require_visible(user: User, pks: Iterable[int]) -> None:
    """NotFound unless the user sees every one of these customers."""
    wanted = set(pks)
    fitting = [pk for pk in wanted if 0 < pk <= _BIGGEST_ID]
    if visible_customers(user).filter(pk__in=fitting).count() != len(wanted):
        raise NotFound(_("Not found, or not yours to see."))


def get_activity(user: User, pk: int) -> Activity:
    return find(visible_activities(user).select_related("customer", "author"), pk)


def get_action(user: User, pk: int) -> Action:
    return find(visible_actions(user).select_related("customer", "owner"), pk)


def get_chain(user: User, pk: int) -> Chain:
    return find(visible_chains(user).select_related("customer", "customer__team"), pk)


def get_stakeholder(user: User, pk: int) -> Stakeholder:
    """A place of a chain, also one that was removed."""
    rows = limit_to_visible(Stakeholder.objects.all(), user, through="chain__customer")
    return find(rows.select_related("chain__customer__team", "contact"), pk)


def get_standing_chain(customer: Customer) -> Chain:
    """The standing chain of a customer the user was found to see; NotFound where none is."""
    chain = Chain.objects.filter(customer=customer, is_standing=True).first()
    if chain is None:
        raise NotFound(_("Nobody has begun the decision chain of this customer."))
    chain.customer = customer
    return chain


def get_chain_line(user: User, pk: int) -> ChainLine:
    rows = limit_to_visible(ChainLine.objects.all(), user, through="chain__customer")
    return find(rows, pk)


def get_chain_step(user: User, pk: int) -> ChainStep:
    rows = limit_to_visible(ChainStep.objects.all(), user, through="chain__customer")
    return find(rows.select_related("chain__customer__team"), pk)


def get_assessment(user: User, pk: int) -> Assessment:
    related = ("chain__customer__team", "rep", "manager", "talked_by")
    return find(visible_assessments(user).select_related(*related), pk)


def get_evidence(user: User, pk: int) -> Evidence:
    return find(visible_evidence(user).select_related("customer", "activity"), pk)


def get_peer_pair(user: User, pk: int) -> PeerPair:
    return find(visible_peer_pairs(user).select_related("contact__customer__team", "user"), pk)


def get_assignment(user: User, pk: int) -> Assignment:
    return find(visible_assignments(user).select_related("customer", "user"), pk)


def visible_commitments(user: User) -> QuerySet[Commitment]:
    return limit_to_visible(Commitment.objects.all(), user)


_SIDES = (
    "customer",
    "promised_by",
    "promised_by_contact",
    "to_contact",
    "to_user",
    "deliverer",
    "in_name_of",
)


def get_commitment(user: User, pk: int) -> Commitment:
    return find(visible_commitments(user).select_related(*_SIDES), pk)


def visible_expectations(user: User) -> QuerySet[Expectation]:
    return limit_to_visible(Expectation.objects.all(), user)


def get_expectation(user: User, pk: int) -> Expectation:
    return find(visible_expectations(user).select_related("customer", "contact", "user"), pk)


def visible_concerns(user: User) -> QuerySet[Concern]:
    return limit_to_visible(Concern.objects.all(), user)


def get_concern(user: User, pk: int) -> Concern:
    return find(visible_concerns(user).select_related("customer", "contact", "owner"), pk)


def visible_goals(user: User) -> QuerySet[JointGoal]:
    return limit_to_visible(JointGoal.objects.all(), user)


def get_goal(user: User, pk: int) -> JointGoal:
    return find(visible_goals(user).select_related("customer", "contact", "owner"), pk)


def visible_value_offers(user: User) -> QuerySet[ValueOffer]:
    return limit_to_visible(ValueOffer.objects.all(), user)


def get_value_offer(user: User, pk: int) -> ValueOffer:
    return find(visible_value_offers(user).select_related("customer", "contact", "item"), pk)


def visible_contact_bans(user: User) -> QuerySet[ContactBan]:
    return limit_to_visible(ContactBan.objects.all(), user)


def get_contact_ban(user: User, pk: int) -> ContactBan:
    return find(visible_contact_bans(user).select_related("customer", "contact", "by"), pk)


def visible_help(user: User) -> QuerySet[HelpRequest]:
    """Requests about customers one sees, and about a topic alone those one asked or is asked."""
    found = HelpRequest.objects.all()
    if not user.is_active:
        return found.none()
    topics = Q(customer=None) & (Q(asker=user) | Q(asked=user))
    if user.role in ALL_READ:
        return found.filter(Q(customer__isnull=False) | topics)
    visible = visible_customers(user).values("pk")
    if is_wide(user):
        return found.filter(Q(customer__in=visible) | topics)
    return found.filter(Q(is_any_of("customer_id", visible)) | topics)


def get_help(user: User, pk: int) -> HelpRequest:
    related = ("customer__team", "contact", "asker", "asked", "action")
    return find(visible_help(user).select_related(*related), pk)


def visible_reassignments(user: User) -> QuerySet[Reassignment]:
    """Acts one did, gave to or received from; all of them for who reads everything."""
    if not user.is_active:
        return Reassignment.objects.none()
    acts = Reassignment.objects.all()
    if user.role in ALL_READ:
        return acts
    closed = Assignment.objects.filter(user=user, reassignment__isnull=False)
    given = Reassignment.objects.filter(receipt__givers__contains=[{"id": user.pk}])
    return acts.filter(
        Q(by=user)
        | Q(from_user=user)
        | Q(pk__in=closed.values("reassignment"))
        | Q(pk__in=given.values("pk"))
    )


def get_reassignment(user: User, pk: int) -> Reassignment:
    return find(visible_reassignments(user).select_related("by", "from_user"), pk)


def parts_held(user: User, customer_id: int) -> frozenset[str]:
    """The parts the user holds at the customer now."""
    return frozenset(
        Assignment.objects.filter(
            user=user, customer_id=customer_id, ends_at__isnull=True
        ).values_list("part", flat=True)
    )


def may(by: User, capability: str, customer: Customer) -> bool:
    """Whether `require` would let it pass."""
    return capability in allowed(by, customer, capability)


def allowed(by: User, customer: Customer, *capabilities: str) -> frozenset[str]:
    """Those that `require` would let pass; one query for any number."""
    wanted = frozenset(each for each in capabilities if role_may(by, each))
    if not wanted or customer.team_id in reach(by):
        return wanted
    held = parts_held(by, customer.pk)
    return frozenset(
        each for each in wanted if not held.isdisjoint(PARTS_FOR.get(each, WRITING_PARTS))
    )


def require(by: User, capability: str, customer: Customer) -> None:
    """Refuse unless the role has the capability and the actor serves or leads this customer."""
    require_role(by, capability)
    if not may(by, capability, customer):
        raise Refused(
            _("Only people assigned to {customer}, and their managers, may do this.").format(
                customer=customer.name
            ),
            code="not_assigned",
            details={"capability": capability, "customer": customer.pk},
        )
