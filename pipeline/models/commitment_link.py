from django.db import models

from crm.models import Commitment
from pipeline.models.opportunity import Opportunity


class OpportunityCommitment(models.Model):
    """A promise that belongs to this sale."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="commitment_links", db_index=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.CASCADE, related_name="opportunity_links"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "commitment"], name="opportunity_commitment_once"
            )
        ]

    def __str__(self) -> str:
        return f"promise {self.commitment_id} of sale {self.opportunity_id}"
