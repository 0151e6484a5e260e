"""What is measured of a decision chain and of a customer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import Endpoint
from crm import access
from crm.queries import measures
from crm.serializers.measures import MeasuresShape


class Measured(Endpoint):
    """Shows measures, each with the address of the rows it was computed from."""

    serializer_class = MeasuresShape

    def shown(self, found: measures.Measures) -> Response:
        """The measures of this moment."""
        return Response(MeasuresShape(found, context=self.addresses(found)).data)

    def addresses(self, found: measures.Measures) -> dict[str, Any]:
        """Where each kind of rows is listed."""
        customer = f"?customer={found.customer_id}"
        places = reverse("api-contacts") + customer
        if found.chain_id is not None:
            places = reverse("api-chain-stakeholders", args=[found.chain_id])
        lists = {
            "stakeholders": places,
            "ties": reverse("api-ties") + customer,
            "activities": reverse("api-activities") + customer,
            "peer_pairs": reverse("api-peer-pairs") + customer,
            "promises": reverse("api-commitments") + customer,
            "intel": reverse("api-customer-intel", args=[found.customer_id]),
        }
        return {"addresses": lists}


class ChainMeasures(Measured):
    """How far a decision chain is covered and supports us, and on whom of us that hangs."""

    def get(self, request: Request, pk: int) -> Response:
        """Of one chain of a customer you may see."""
        return self.shown(measures.of_chain(access.get_chain(request.user, pk), at=self.now))


class CustomerMeasures(Measured):
    """The same of a standing chain and all contacts, the surface, promises, and what we know."""

    def get(self, request: Request, pk: int) -> Response:
        """Of one customer you may see."""
        customer = access.get_customer(request.user, pk)
        return self.shown(measures.of_customer(customer, at=self.now))
