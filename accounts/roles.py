"""What each role may do. This is the whole table; nothing else grants a capability.

A capability names a verb on a thing, as in the URL, the command and the event. Having it is not
enough for a customer's data: the floor that owns the data also asks for an assignment or reach.
"""

from accounts.models import Department, Role

ALL_READ = frozenset({Role.DIRECTOR, Role.ADMINISTRATOR, Role.SYSTEM})
"""Roles that read every customer by a model-level permission, without a row."""

WRITES_BY_REACH = frozenset({Role.MANAGER, Role.DIRECTOR})
"""Roles that write to customers of the teams they lead, without an assignment."""

SPEAKS_FOR: dict[str, Department] = {
    Role.MANAGER: Department.SALES,
    Role.DIRECTOR: Department.SALES,
    Role.SOLUTION: Department.SOLUTION,
    Role.DELIVERY: Department.DELIVERY,
    Role.FINANCE: Department.FINANCE,
    Role.LEGAL: Department.LEGAL,
}
"""For which department a role speaks when a committee decides; the others have no voice in one."""

_ANYBODY = frozenset(Role)
_SELLERS = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR, Role.INTEGRATION, Role.SYSTEM})
_TEAM = _SELLERS | {Role.SOLUTION, Role.DELIVERY}
_LEADS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.SYSTEM})
_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.SYSTEM})

CAPABILITIES: dict[str, frozenset[Role]] = {
    # customers
    "customer.create": _SELLERS,
    "customer.change": _SELLERS,
    "customer.assign": _LEADS,
    "customer.reassign": _LEADS,
    "customer.export": _TEAM | {Role.FINANCE, Role.ADMINISTRATOR},
    "contact.create": _TEAM,
    "contact.change": _TEAM,
    "contact.ban": _TEAM,
    "contact.lift_ban": _SELLERS,
    "contact.limit": _TEAM,
    "activity.log": _TEAM | {Role.FINANCE, Role.LEGAL},
    "activity.change": _TEAM | {Role.FINANCE, Role.LEGAL},
    "action.create": _TEAM,
    "action.change": _TEAM,
    "chain.change": _TEAM,
    "tie.change": _TEAM,
    "peer_pair.change": _TEAM,
    "commitment.make": _TEAM,
    "commitment.change": _TEAM,
    "value.offer": _TEAM,
    "value.change": _TEAM,
    "intel.note": _TEAM,
    "goal.set": _TEAM,
    "goal.change": _TEAM,
    "concern.raise": _TEAM,
    "concern.change": _TEAM,
    "help.ask": _TEAM | {Role.FINANCE, Role.LEGAL},
    "help.answer": _ANYBODY - {Role.INTEGRATION, Role.SYSTEM},
    # sales
    "opportunity.create": _SELLERS,
    "opportunity.change": _SELLERS,
    "opportunity.advance": _SELLERS,
    "opportunity.send_back": _SELLERS,
    "opportunity.hold": _SELLERS,
    "opportunity.resume": _SELLERS,
    "opportunity.win": _SELLERS,
    "opportunity.lose": _SELLERS,
    "opportunity.reopen": _LEADS,
    "opportunity.import": _KEEPERS,
    "meddpicc.score": _TEAM,
    "pain.note": _TEAM,
    "solution.note": _TEAM,
    "waiver.ask": _SELLERS - {Role.INTEGRATION, Role.SYSTEM},
    "waiver.decide": _LEADS - {Role.SYSTEM},
    "gate.request": _SELLERS,
    "gate.change": _SELLERS,
    "gate.vote": frozenset(map(Role, SPEAKS_FOR)),
    "gate.decide": frozenset({Role.MANAGER, Role.DIRECTOR}),
    "gate.fulfil": _ANYBODY - {Role.INTEGRATION, Role.SYSTEM},
    "approval_rule.change": _KEEPERS,
    "rival.note": _TEAM,
    "competitor.add": _TEAM | _KEEPERS,
    "proposal.write": _TEAM,
    "criterion.confirm": _TEAM - {Role.INTEGRATION, Role.SYSTEM},
    "proposal.approve": WRITES_BY_REACH,
    "pipeline.publish": _KEEPERS,
    "exposure.view": _LEADS,
    "forecast.set": frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR}),
    # people
    "user.create": _KEEPERS,
    "user.change": _KEEPERS,
    "user.freeze": _KEEPERS | {Role.DIRECTOR},
    "user.close": _KEEPERS,
    "team.change": _KEEPERS,
    "calendar.change": _KEEPERS,
    "catalogue.change": _KEEPERS,
    "token.create": _ANYBODY - {Role.SYSTEM},
    "data.import": _KEEPERS,
    "kit.view": _KEEPERS,
    "system.view": _KEEPERS,
}


def has_capability(role: str, capability: str) -> bool:
    """Whether the role's row has the capability; an unknown capability is a programming error."""
    return role in CAPABILITIES[capability]
