"""`/customers/{id}/intel/`: what is known of a customer, key by key."""

from __future__ import annotations

from typing import Any

from core.api.views import ReadOne, RunsCommand
from crm import access
from crm.commands.intel import note_intel
from crm.commands.locks import lock_customer
from crm.queries import intel
from crm.serializers import intel as shapes


class CustomerIntel(ReadOne, RunsCommand):
    """The checklist of a customer you may see."""

    serializer_class = shapes.IntelList
    input_class = shapes.IntelInput
    output_class = shapes.IntelLine

    def thing(self, pk: int) -> Any:
        """Every key with what is known."""
        return intel.intel_of(access.get_customer(self.request.user, pk), self.now)

    def hold(self, thing: Any) -> None:
        """The customer, as the command does."""
        lock_customer(self.kwargs["pk"])

    def run(self, data: dict[str, Any], pk: int) -> intel.Line:
        """Note it."""
        user = self.request.user
        customer = access.get_customer(user, pk)
        row = note_intel(customer=customer, by=user, at=self.now, **data)
        return intel.line_of(row, self.now)
