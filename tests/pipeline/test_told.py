"""A sale's moves are told on the timeline of its customer, by name and by stage."""

from crm.queries import timeline
from pipeline.commands.opportunities import lose, open_opportunity
from tests.cast import NOW


def test_opened_and_lost(cast, b2b8):
    sale = open_opportunity(customer=cast.acme, name="Second plant", by=cast.anna, at=NOW)
    lose(sale, outcome="lost", reason="Price", by=cast.anna, at=NOW)

    entries = timeline.of_customer(cast.acme.pk, topic="opportunities").entries

    assert [entry.title for entry in entries] == [
        "closed Second plant: Lost",
        "opened the opportunity Second plant",
    ]
    assert entries[0].extra["url"] == f"/opportunities/{sale.pk}/"
    assert entries[0].extra["reason"] == "Price"
