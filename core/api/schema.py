"""What drf-spectacular cannot see by itself: problems, pages, conditional and repeated requests."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from core.api.idempotency import HEADER, LONGEST_KEY
from core.api.problems import MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is for programs, `detail` for people in their language.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "details": {"type": "object", "additionalProperties": True},
        "errors": {
            "type": "object",
            "description": "Sentences by field; parts of lists as `lines.0.amount`.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
SENTENCES = {
    "304": "Not changed since the version in If-None-Match.",
    "400": "The request cannot be taken; `errors` says why, by field or parameter.",
    "401": "No valid sign-in or token.",
    "403": "You may see this, but not do it.",
    "404": "Not there, or not for you.",
    "409": "It is not, or no longer, in a state that allows this.",
    "412": "Changed since the version in If-Match.",
    "422": "The Idempotency-Key stands for another request.",
}
REPEATABLE = OpenApiParameter(
    name=HEADER,
    type={"type": "string", "maxLength": LONGEST_KEY},
    location=OpenApiParameter.HEADER,
    description="Sent again within 24 hours with the same key and body, the request is not done"
    " again: it gets the first answer, with `Idempotency-Replayed: true`.",
)
IF_MATCH = OpenApiParameter(
    name="If-Match",
    type=str,
    location=OpenApiParameter.HEADER,
    description="The ETag of the version you have seen: refused with 412 when there is a newer.",
)
IF_NONE_MATCH = OpenApiParameter(
    name="If-None-Match",
    type=str,
    location=OpenApiParameter.HEADER,
    description="The ETag of the version you have: answered with 304 when it is the newest.",
)


class BatonSchema(AutoSchema):
    """The schema of an `Endpoint`; other views are left to drf-spectacular."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        if getattr(self.view, "reads_rows", False) and self.method == "GET":
            return True
        return super()._is_list_view(serializer)

    def _is_ours(self) -> bool:
        return hasattr(self.view, "known_parameters")

    def get_override_parameters(self) -> list[Any]:
        """The headers of conditional and repeated requests, and filters of a GET without pages."""
        if not self._is_ours():
            return []
        if self.method == "POST" and hasattr(self.view, "run"):
            return [REPEATABLE, IF_MATCH] if self._takes_if_match() else [REPEATABLE]
        if self._takes_if_match():
            return [IF_MATCH]
        if self.method == "GET" and not self._is_list_view():
            known = self.view.known_parameters().items()
            found = [self._parameter(name, parameter) for name, parameter in known]
            return [IF_NONE_MATCH, *found] if hasattr(self.view, "thing") else found
        return []

    def _takes_if_match(self) -> bool:
        return self.method in ("PATCH", "DELETE", "POST") and hasattr(self.view, "thing")

    def _parameter(self, name: str, parameter: Any) -> OpenApiParameter:
        return OpenApiParameter(
            name=name, type=dict(parameter.schema), description=str(parameter.description)
        )

    def get_request_serializer(self) -> Any:
        """What a command takes."""
        if self._is_ours() and self.method in ("POST", "PATCH"):
            return getattr(self.view, "input_class", None)
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        """What an endpoint shows."""
        if not self._is_ours():
            return super().get_response_serializers()
        shown = getattr(self.view, "serializer_class", None)
        if self.method == "DELETE":
            return {204: None}
        if self.method == "POST" and hasattr(self.view, "run"):
            status = self.view.success_status
            return {status: None if status == 204 else self.view.output_class or shown}
        return shown

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        responses = super()._get_response_bodies(direction)
        if self._is_ours():
            problem = {"content": {MEDIA_TYPE: {"schema": self._problem().ref}}}
            for code in self._problem_codes():
                responses.setdefault(code, {**problem, "description": SENTENCES[code]})
            if hasattr(self.view, "thing") and self.method == "GET":
                responses["304"] = {"description": SENTENCES["304"]}
        return responses

    def _problem(self) -> ResolvedComponent:
        component = ResolvedComponent(
            name="Problem", type=ResolvedComponent.SCHEMA, object="Problem", schema=PROBLEM
        )
        self.registry.register_on_missing(component)
        return component

    def _problem_codes(self) -> list[str]:
        codes = ["400", "401"]
        if "{" in self.path:
            codes.append("404")
        if self.method != "GET":
            codes += ["403", "409"]
        if self.method == "POST":
            codes.append("422")
        if self._takes_if_match():
            codes.append("412")
        return sorted(codes)
