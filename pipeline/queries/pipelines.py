"""Which process holds, and what is sold."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import NotFound
from pipeline.models import Pipeline, PipelineVersion, Product


def current_version(pipeline: str | None = None) -> PipelineVersion:
    """The newest published version of a pipeline, by default of the company's first one."""
    versions = PipelineVersion.objects.select_related("pipeline").exclude(published_at=None)
    if pipeline is not None:
        versions = versions.filter(pipeline__key=pipeline)
    found = versions.order_by("pipeline_id", "-number").first()
    if found is None:
        raise NotFound(_("No such pipeline has been published."), code="pipeline_not_found")
    return found


def current_versions() -> list[PipelineVersion]:
    """The newest published version of every pipeline, the company's first one first."""
    return list(
        PipelineVersion.objects.select_related("pipeline")
        .exclude(published_at=None)
        .order_by("pipeline_id", "-number")
        .distinct("pipeline_id")
    )


def published_pipelines() -> QuerySet[Pipeline]:
    """Every pipeline something can run through."""
    return Pipeline.objects.exclude(versions__published_at=None).distinct().order_by("pk")


def products_on_sale() -> QuerySet[Product]:
    """What may be offered now."""
    return Product.objects.filter(is_active=True)


def all_products() -> QuerySet[Product]:
    """What is or was offered."""
    return Product.objects.all()
