"""On whom of us revenue hangs."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import CURSOR, LIMIT
from core.api.views import Endpoint
from core.keyset import DEFAULT_LIMIT
from crm.api.links import page_link
from pipeline.queries import exposure as queries
from pipeline.serializers.exposure import CompanyExposureShape, PersonExposureShape


class CompanyExposure(Endpoint):
    """How much of a year's revenue hangs on single people, over the customers you lead."""

    serializer_class = CompanyExposureShape

    def get(self, request: Request) -> Response:
        """By currency; refused where you lead nobody."""
        found = queries.exposure_led(request.user, at=self.now)
        return Response(self.write(CompanyExposureShape, {"at": self.now, "currencies": found}))


class PersonExposure(Endpoint):
    """The customers behind one person's number."""

    serializer_class = PersonExposureShape
    filters = {"cursor": CURSOR, "limit": LIMIT}

    def get(self, request: Request, pk: int) -> Response:
        """One page of those at which revenue hangs on this person."""
        person, page = queries.held_by_person(
            request.user,
            pk,
            at=self.now,
            cursor=self.query.get("cursor"),
            limit=self.query.get("limit", DEFAULT_LIMIT),
        )
        shown = {
            "user": person.pk,
            "name": person.name,
            "at": self.now,
            "results": page.rows,
            "next": page_link(request, page.next),
            "previous": page_link(request, page.previous),
        }
        return Response(self.write(PersonExposureShape, shown))
