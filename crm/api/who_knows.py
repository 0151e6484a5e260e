"""`/colleagues/` and `/contacts/{id}/known-by/`: who of us to ask."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.api import filters
from core.api.views import ReadOne
from core.errors import Invalid
from crm import access
from crm.queries import who_knows
from crm.serializers import who_knows as shapes


class Colleagues(ReadOne):
    """Who else of us has talked about a topic with customers in the last two years."""

    serializer_class = shapes.ExpertsShape
    filters = {
        "topic": filters.Text("", description="Words that are all said; English or Chinese."),
    }

    def thing(self) -> Any:
        """The closest first."""
        topic = self.query.get("topic")
        if not topic:
            sentence = _("Say what the colleague should know about.")
            raise Invalid(sentence, details={"topic": [sentence]})
        found = who_knows.experts(self.request.user, topic, at=self.now)
        return {"topic": topic, "colleagues": found}


class ContactKnownBy(ReadOne):
    """Who of us talks with a person at a customer you see, and says that he knows him."""

    serializer_class = shapes.KnownByShape

    def thing(self, pk: int) -> Any:
        """The closest first."""
        contact = access.get_contact(self.request.user, pk)
        known = who_knows.known_with_ties(contact, at=self.now)
        return {"contact": contact.pk, "colleagues": known}
