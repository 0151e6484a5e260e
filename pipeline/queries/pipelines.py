"""Which process holds, and what is sold."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from core.errors import Invalid, NotFound
from pipeline.models import Opportunity, Pipeline, PipelineVersion, Product


def current_version(pipeline: str | None = None) -> PipelineVersion:
    """The newest published version of a pipeline, retired or not.

    By default of the company's first one that is not retired: the one new sales run through.
    """
    versions = PipelineVersion.objects.select_related("pipeline").exclude(published_at=None)
    if pipeline is None:
        versions = versions.filter(pipeline__retired_at=None)
    else:
        versions = versions.filter(pipeline__key=pipeline)
    found = versions.order_by("pipeline_id", "-number").first()
    if found is None:
        raise NotFound(_("No such pipeline has been published."), code="pipeline_not_found")
    return found


def published_version(pipeline: str, number: int | None = None) -> PipelineVersion:
    """A version of a pipeline, by default the newest, or NotFound."""
    if number is None:
        return current_version(pipeline)
    found = (
        PipelineVersion.objects.select_related("pipeline")
        .filter(pipeline__key=pipeline, number=number, published_at__isnull=False)
        .first()
    )
    if found is None:
        raise NotFound(_("No such pipeline has been published."), code="pipeline_not_found")
    return found


@dataclass(frozen=True)
class Listed:
    """A pipeline with its published versions, the newest first, and the open sales in each.

    `sales` is None where they were not counted.
    """

    pipeline: Pipeline
    versions: list[tuple[PipelineVersion, int | None]]


def listed(*, with_sales: bool) -> list[Listed]:
    """Every published pipeline, the company's first one first; two queries."""
    versions = (
        PipelineVersion.objects.select_related("pipeline", "published_by")
        .exclude(published_at=None)
        .order_by("pipeline_id", "-number")
    )
    live = Opportunity.objects.filter(state__in=Opportunity.LIVE).values_list("version_id")
    counts = dict(live.annotate(n=Count("pk"))) if with_sales else None
    found: dict[int, Listed] = {}
    for version in versions:
        of = found.setdefault(version.pipeline_id, Listed(version.pipeline, []))
        of.versions.append((version, None if counts is None else counts.get(version.pk, 0)))
    return list(found.values())


def versions_in_force() -> QuerySet[PipelineVersion]:
    """The newest version of every pipeline not retired, with stages, criteria and actions."""
    newest = (
        PipelineVersion.objects.filter(pipeline=OuterRef("pipeline"), published_at__isnull=False)
        .order_by("-number")
        .values("pk")[:1]
    )
    return (
        PipelineVersion.objects.filter(pk=Subquery(newest), pipeline__retired_at=None)
        .select_related("pipeline")
        .prefetch_related("stages__criteria", "stages__actions")
    )


def get_product(pk: int) -> Product:
    """A product, on sale or not; Invalid when there is none, as it is named in an input."""
    found = Product.objects.filter(pk=pk).first()
    if found is None:
        sentence = _("There is no such product.")
        raise Invalid(sentence, code="product_unknown", details={"product": [sentence]})
    return found


def products_on_sale() -> QuerySet[Product]:
    """What may be offered now."""
    return Product.objects.filter(is_active=True)


def all_products() -> QuerySet[Product]:
    """What is or was offered."""
    return Product.objects.all()
