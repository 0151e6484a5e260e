"""The decision chain of a sale."""

from __future__ import annotations

from typing import Any

from core.api.views import RunsCommand
from crm.api.chain import ShowsChain
from crm.queries import chain_page
from pipeline.access import get_chain_of, get_opportunity
from pipeline.commands.chains import start_chain


class OpportunityChain(ShowsChain, RunsCommand):
    """The chain this sale works on. POST copies the customer's, where the sale has none yet."""

    def thing(self, **kwargs: Any) -> Any:
        """It, or 404 while the sale has none."""
        return self.shown(get_chain_of(get_opportunity(self.request.user, kwargs["pk"])))

    def run(self, data: dict[str, Any], **kwargs: Any) -> Any:
        """Copy it."""
        sale = get_opportunity(self.request.user, kwargs["pk"])
        chain = start_chain(sale, by=self.request.user, at=self.now)
        return chain_page.whole(chain, at=self.now)
