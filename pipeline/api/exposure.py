"""On whom of us revenue hangs."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import Endpoint
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

    def get(self, request: Request, pk: int) -> Response:
        """Those at which revenue hangs on this person."""
        person, rows = queries.held_by_person(request.user, pk, at=self.now)
        shown = {"user": person.pk, "name": person.name, "at": self.now, "customers": rows}
        return Response(self.write(PersonExposureShape, shown))
