"""Base classes of endpoints. docs/api-base.md shows how to write one with them.

class Customers(ReadRows, RunsCommand, Endpoint):    list and create
class OneCustomer(ReadOne, ChangesOne, Endpoint):    detail and PATCH
class CustomerMerge(RunsCommand, Endpoint):          any other verb: POST
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from core.api import etag, idempotency, pagination, rows
from core.api.filters import Filter, read_query
from core.api.rendering import dumps
from core.keyset import order_for


class JsonOnly(BaseContentNegotiation):
    """The API speaks JSON, whatever is asked for."""

    def select_parser(self, request: Request, parsers: Sequence[Any]) -> Any:
        """The parser for the body's type; DRF answers 415 when there is none."""
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """The only renderer."""
        return renderers[0], renderers[0].media_type


class Endpoint(APIView):
    """An address of the API: checks its query parameters, thinks in UTC.

    `filters` are the query parameters a GET understands; others are refused by name. `read()`
    validates a body, `self.now` is the one moment of this request.
    """

    content_negotiation_class = JsonOnly
    filters: ClassVar[Mapping[str, Filter]] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """All moments without an offset are read, and all are written, in UTC."""
        with timezone.override(UTC):
            return super().dispatch(request, *args, **kwargs)

    @cached_property
    def now(self) -> datetime:
        """The moment of this request: what commands get as `at`."""
        return timezone.now()

    def known_parameters(self) -> Mapping[str, Filter]:
        """Every query parameter this address understands on GET."""
        return self.filters

    @cached_property
    def query(self) -> dict[str, Any]:
        """The values of the query parameters given."""
        known = self.known_parameters() if self.request.method in ("GET", "HEAD") else {}
        return read_query(self.request._request.GET, known)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks is checked first, then what is asked."""
        super().initial(request, *args, **kwargs)
        self.query  # noqa: B018 - refuses what is not known before anything is done

    def read(self, serializer_class: type[BaseSerializer], *, partial: bool = False) -> Any:
        """The validated body."""
        serializer = serializer_class(
            data=self.request.data, partial=partial, context=self.serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def write(self, serializer_class: type[BaseSerializer], thing: Any) -> Any:
        """The representation of a thing."""
        if serializer_class is None:
            return thing
        return serializer_class(thing, context=self.serializer_context()).data

    def serializer_context(self) -> dict[str, Any]:
        """What serializers may look at."""
        return {"request": self.request, "view": self}


class ReadRows(Endpoint):
    """GET a list: filters, order, keyset pages; plain columns go straight to the renderer.

    Define `serializer_class`, `orders` (word -> columns, the first is the default) and
    `queryset()`, which asks the app's access module for what this user sees.
    """

    serializer_class: ClassVar[type[BaseSerializer]]
    orders: ClassVar[Mapping[str, tuple[str, ...]]] = {"-id": ("-id",)}
    pagination_class = pagination.KeysetPage
    reads_rows = True

    def queryset(self) -> QuerySet[Any]:
        """What this user sees."""
        raise NotImplementedError

    def known_parameters(self) -> Mapping[str, Filter]:
        """Paging, order, and the filters of the list."""
        return {**pagination.parameters(self.orders), **self.filters}

    def get(self, request: Request, **kwargs: Any) -> Response:
        """One page of the list."""
        queryset = self.queryset()
        for name, parameter in self.filters.items():
            if name in self.query:
                queryset = parameter.narrow(queryset, self.query[name])
        columns = self.orders[self.query.get("order") or next(iter(self.orders))]
        plain = rows.columns_of(self.serializer_class)
        if plain is None:
            shape, key = self._represent, None
        else:
            names = order_for(queryset.model, columns).names
            queryset, key, shape = rows.read(queryset, plain, names)
        return Response(
            pagination.envelope(request, queryset, columns, self.query, shape=shape, key=key)
        )

    def _represent(self, instances: list[Any]) -> list[Any]:
        context = self.serializer_context()
        return list(self.serializer_class(instances, many=True, context=context).data)


class ReadOne(Endpoint):
    """GET one thing with its ETag; 304 for a reader who has it.

    Define `serializer_class` and `thing(**kwargs)`, which asks the app's access module and lets
    its "not found" pass.
    """

    serializer_class: ClassVar[type[BaseSerializer]]

    def thing(self, **kwargs: Any) -> models.Model:
        """The thing at this address, if this user sees it."""
        raise NotImplementedError

    def hold(self, thing: Any) -> None:
        """Keep the thing as it is until the change, by the locks of the command, in its order."""
        etag.lock(thing)

    def as_seen(self, request: Request, **kwargs: Any) -> Any:
        """The thing to change; If-Match holds it and refuses who names an older version."""
        thing = self.thing(**kwargs)
        if "If-Match" in request.headers:
            self.hold(thing)
            thing = self.thing(**kwargs)
            body = dumps(self.write(self.serializer_class, thing))
            etag.require_match(request, etag.etag_of(body))
        return thing

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The thing."""
        body = dumps(self.write(self.serializer_class, self.thing(**kwargs)))
        tag = etag.etag_of(body)
        if etag.is_known(request, tag):
            return HttpResponse(status=304, headers={"ETag": tag})
        return _json(body, 200, {"ETag": tag})


class ChangesOne(ReadOne):
    """PATCH one thing by one command; If-Match refuses what is out of date.

    Define `input_class` and `change(thing, data)`, which calls one command and returns the thing;
    `hold(thing)` where that command locks something else before the thing.
    """

    input_class: ClassVar[type[BaseSerializer]]

    def change(self, thing: Any, data: dict[str, Any]) -> Any:
        """Call the command; returns the thing as it is now."""
        raise NotImplementedError

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The thing after the change."""
        with transaction.atomic():
            thing = self.as_seen(request, **kwargs)
            data = self.read(self.input_class, partial=True)
            self.change(thing, data)
            body = dumps(self.write(self.serializer_class, self.thing(**kwargs)))
        return _json(body, 200, {"ETag": etag.etag_of(body)})


class RunsCommand(Endpoint):
    """POST runs one command, once for each Idempotency-Key.

    Define `run(data, **kwargs)`, which calls the command and returns what `output_class` (else
    `serializer_class`) shows; `input_class` (None: no body), `success_status`, and
    `location(thing)` where something new got an address. Where GET shows the thing, If-Match
    refuses what is out of date.
    """

    input_class: ClassVar[type[BaseSerializer] | None] = None
    output_class: ClassVar[type[BaseSerializer] | None] = None
    success_status = 201

    def run(self, data: dict[str, Any], **kwargs: Any) -> Any:
        """Call the command."""
        raise NotImplementedError

    def location(self, thing: Any) -> str | None:
        """The address of what was made."""
        return None

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """What the command made or did."""
        return idempotency.once(request, self.now, partial(self._run, **kwargs))

    def _run(self, **kwargs: Any) -> HttpResponse:
        if "If-Match" in self.request.headers and isinstance(self, ReadOne):
            with transaction.atomic():
                self.as_seen(self.request, **kwargs)
                return self._answer(**kwargs)
        return self._answer(**kwargs)

    def _answer(self, **kwargs: Any) -> HttpResponse:
        data = {} if self.input_class is None else self.read(self.input_class)
        thing = self.run(data, **kwargs)
        if self.success_status == 204:
            return _nothing()
        shown = self.output_class or getattr(self, "serializer_class", None)
        if shown is None:
            raise ImproperlyConfigured(f"{type(self).__name__} does not say what it answers with")
        headers = {}
        if address := self.location(thing):
            headers["Location"] = self.request.build_absolute_uri(address)
        return _json(dumps(self.write(shown, thing)), self.success_status, headers)


class Removes(Endpoint):
    """DELETE runs one command that ends something; answers without a body.

    Where GET shows the thing, If-Match refuses what is out of date.
    """

    def remove(self, **kwargs: Any) -> None:
        """Call the command."""
        raise NotImplementedError

    def delete(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Nothing is left to show."""
        with transaction.atomic():
            if "If-Match" in request.headers and isinstance(self, ReadOne):
                self.as_seen(request, **kwargs)
            self.remove(**kwargs)
        return _nothing()


def _json(body: bytes, status: int, headers: Mapping[str, str]) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


def _nothing() -> HttpResponse:
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response
