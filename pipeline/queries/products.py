"""What we sell."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from pipeline.models import Opportunity, Product


def products_for(opportunity: Opportunity) -> QuerySet[Product]:
    """What is on sale, and what this opportunity is about already."""
    return Product.objects.filter(Q(is_active=True) | Q(pk=opportunity.product_id)).order_by("name")
