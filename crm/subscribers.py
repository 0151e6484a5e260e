"""Who is told what after a change has been committed."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.inbox import Delivery, deliver
from core.events import subscribe
from core.models import Event

notices.register(
    "customers.received",
    gettext_noop("{by} left {n} customer of {giver} to you: {reason}"),
    "arrow-right-left",
    plural=gettext_noop("{by} left {n} customers of {giver} to you: {reason}"),
)
notices.register(
    "customers.passed_on",
    gettext_noop("{by} passed {n} of your customers to {receiver}: {reason}"),
    "arrow-right-left",
    plural=gettext_noop("{by} passed {n} of your customers to {receiver}: {reason}"),
)
notices.register(
    "customer.assigned", gettext_noop("{by} asked you to serve {customer}."), "user-plus"
)


@subscribe("customers.reassigned", key="crm.tell_both_sides")
def tell_both_sides(event: Event) -> None:
    """Both sides learn of a reassignment, once, with the address of its receipt."""
    receipt = event.data
    url = f"/reassignments/{event.subject_id}/"
    shared = {"by": event.actor_name, "reason": receipt.get("reason", "")}
    givers, receivers = receipt["givers"], receipt["receivers"]
    told = [
        Delivery(
            user_id=one["id"],
            kind="customers.received",
            key=f"reassignment:{event.subject_id}:received",
            params={
                **shared,
                "n": one["counts"]["customers"],
                "giver": ", ".join(giver["name"] for giver in givers),
            },
            url=url,
        )
        for one in receivers
        if one["id"] != event.actor_id
    ]
    told += [
        Delivery(
            user_id=one["id"],
            kind="customers.passed_on",
            key=f"reassignment:{event.subject_id}:passed_on",
            params={
                **shared,
                "n": one["customers"],
                "receiver": ", ".join(each["name"] for each in receivers),
            },
            url=url,
        )
        for one in givers
        if one["id"] != event.actor_id
    ]
    deliver(told, at=event.at)


@subscribe("customer.assigned", key="crm.tell_the_assigned")
def tell_the_assigned(event: Event) -> None:
    """Who is given a part at a customer by somebody else is told."""
    if event.data["user"] == event.actor_id:
        return
    deliver(
        [
            Delivery(
                user_id=event.data["user"],
                kind="customer.assigned",
                key=f"assigned:{event.pk}",
                params={"by": event.actor_name, "customer": event.data.get("customer", "")},
                url=f"/customers/{event.subject_id}/",
                scope_id=event.scope_id,
            )
        ],
        at=event.at,
    )
