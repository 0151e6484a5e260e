"""The customer, its people, what happened with them, and who of us serves it."""

from crm.models.action import Action
from crm.models.activity import Activity, ActivityContact, ActivityUser
from crm.models.assessment import Assessment, Judgement
from crm.models.assignment import Assignment, Reassignment
from crm.models.chain import Chain, ChainLine, ChainStep
from crm.models.commitment import (
    Commitment,
    CommitmentReminder,
    CommitmentTerm,
    Expectation,
)
from crm.models.concern import Concern, ConcernReminder
from crm.models.contact import Contact
from crm.models.contact_rule import ContactBan, ContactBreach, ContactLimits
from crm.models.customer import Customer
from crm.models.evidence import Confidence, Evidence, Tier
from crm.models.goal import GoalValue, JointGoal
from crm.models.help import HelpReminder, HelpRequest
from crm.models.intel import IntelItem
from crm.models.orphan import OrphanClock, OrphanReminder
from crm.models.peer_pair import PeerPair
from crm.models.permissions import CustomerGroupPermission, CustomerUserPermission
from crm.models.stakeholder import Role, Stakeholder, StakeholderRole, StakeholderSpan
from crm.models.tie import Employment, Tie
from crm.models.value_offer import ValueItem, ValueOffer

__all__ = [
    "Action",
    "Activity",
    "ActivityContact",
    "ActivityUser",
    "Assessment",
    "Assignment",
    "Chain",
    "ChainLine",
    "ChainStep",
    "Commitment",
    "CommitmentReminder",
    "CommitmentTerm",
    "Concern",
    "ConcernReminder",
    "Confidence",
    "Contact",
    "ContactBan",
    "ContactBreach",
    "ContactLimits",
    "Customer",
    "CustomerGroupPermission",
    "CustomerUserPermission",
    "Employment",
    "Evidence",
    "Expectation",
    "GoalValue",
    "HelpReminder",
    "HelpRequest",
    "IntelItem",
    "JointGoal",
    "Judgement",
    "OrphanClock",
    "OrphanReminder",
    "PeerPair",
    "Reassignment",
    "Role",
    "Stakeholder",
    "StakeholderRole",
    "StakeholderSpan",
    "Tie",
    "Tier",
    "ValueItem",
    "ValueOffer",
]
