"""What opportunities run through, and what is sold."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.api import filters
from core.api.views import ReadOne, ReadRows
from pipeline.models import PipelineVersion
from pipeline.queries.pipelines import all_products, published_version, versions_in_force
from pipeline.serializers.document import DefinitionSerializer
from pipeline.serializers.opportunities import PipelineSerializer, ProductSerializer


class Pipelines(ReadRows):
    """The version in force of every pipeline, with its stages and their criteria."""

    serializer_class = PipelineSerializer
    orders = {"id": ("id",)}

    def queryset(self) -> QuerySet[Any]:
        """Everybody may know the process."""
        return versions_in_force()


class Definition(ReadOne):
    """One version of a pipeline, by default the one in force, as the YAML that makes it."""

    serializer_class = DefinitionSerializer

    def thing(self, key: str, number: int | None = None) -> PipelineVersion:
        """It, or 404."""
        return published_version(key, number)


class Products(ReadRows):
    """What we sell, and what we sold."""

    serializer_class = ProductSerializer
    orders = {"name": ("name",), "id": ("id",)}
    filters = {"is_active": filters.Flag("is_active"), "q": filters.Text("name__icontains")}

    def queryset(self) -> QuerySet[Any]:
        """Everybody may know the products."""
        return all_products()
