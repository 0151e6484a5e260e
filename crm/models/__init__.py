"""The customer, its people, what happened with them, and who of us serves it."""

from crm.models.action import Action
from crm.models.activity import Activity, ActivityContact, ActivityUser
from crm.models.assignment import Assignment, Reassignment
from crm.models.contact import Contact
from crm.models.customer import Customer
from crm.models.permissions import CustomerGroupPermission, CustomerUserPermission

__all__ = [
    "Action",
    "Activity",
    "ActivityContact",
    "ActivityUser",
    "Assignment",
    "Contact",
    "Customer",
    "CustomerGroupPermission",
    "CustomerUserPermission",
    "Reassignment",
]
