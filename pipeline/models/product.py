from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """What we sell."""

    name = models.CharField(_("name"), max_length=150)
    series = models.CharField(_("series"), max_length=80, blank=True)
    list_price = models.DecimalField(
        _("list price"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    is_active = models.BooleanField(_("on sale"), default=True)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="product_external_id_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
