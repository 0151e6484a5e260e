"""A sale works on a decision chain of its own, copied from the customer's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict
from crm.commands.chain import found_standing
from crm.commands.chain_copies import copy
from crm.commands.locks import lock, lock_customer
from crm.models import Chain
from pipeline.commands.moves import lock_sale
from pipeline.models import Opportunity


@transaction.atomic
def start_chain(opportunity: Opportunity, *, by: User, at: datetime) -> Chain:
    """Copy the customer's standing chain for this sale, as it is now, once.

    From then on nothing done to either touches the other; `take_latest` brings over what changed.
    """
    customer = lock_customer(opportunity.customer_id)
    sale = lock_sale(opportunity, by, "chain.change")
    if sale.chain_id is not None:
        raise Conflict(
            _("This sale has a decision chain of its own already."),
            code="has_chain",
            details={"chain": sale.chain_id},
        )
    standing = lock(found_standing(customer, by=by, at=at))
    sale.chain = copy(standing, customer, name=sale.name, by=by, at=at)
    sale.save(update_fields=["chain"])
    return sale.chain
