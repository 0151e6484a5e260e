from django.apps import AppConfig
from django.utils.translation import gettext_lazy

REFUSALS = {
    "commitment_final": gettext_lazy("A closed promise does not change."),
    "commitment_first_due_stays": gettext_lazy("The first due day of a promise never changes."),
    "commitment_given_stays": gettext_lazy("What was promised does not change."),
    "commitment_stays": gettext_lazy("Promises are closed, never deleted."),
    "commitment_moved_before_due": gettext_lazy("The day is over: the promise is broken."),
    "help_final": gettext_lazy("A closed request for help does not change."),
    "help_asked_stays": gettext_lazy("What was asked, and of whom, does not change."),
    "help_stays": gettext_lazy("Requests for help are closed, never deleted."),
    "commitment_moved_by_consent": gettext_lazy("A new day needs the word of the other side."),
    "value_offer_final": gettext_lazy("What became of an offer does not change."),
    "value_offer_stays": gettext_lazy("What was offered, and to whom, does not change."),
    "intel_stays": gettext_lazy("What was known stays in the history. Note it anew."),
    "goal_stays": gettext_lazy("A goal that was agreed does not change. Drop it and set another."),
    "goal_final": gettext_lazy("A closed goal does not change."),
    "goal_values_grow": gettext_lazy("What was measured stays. Tell the new value."),
    "contact_ban_stays": gettext_lazy("This stays in the history. Lift it instead."),
    "concern_final": gettext_lazy("A closed concern does not change."),
    "concern_raised_stays": gettext_lazy("What was raised, and by whom, does not change."),
    "concern_answer_stays": gettext_lazy("The first answer to a concern stays as it was."),
    "concern_stays": gettext_lazy("Concerns are closed, never deleted."),
}


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self) -> None:
        """Listen, and say what a user reads, finds, and holds."""
        from accounts.callbacks import CLOSING_CHECKS  # noqa: PLC0415 - models are loaded only now
        from core.constraints import explain  # noqa: PLC0415 - as above
        from crm import (  # noqa: PLC0415 - models are loaded only now
            callbacks,
            notices,  # noqa: F401 - says its sentences
            subscribers,  # noqa: F401 - listens
        )
        from crm.commands import (  # noqa: PLC0415 - as above
            belongings,
            contact_rules,
            help,
            peer_pairs,
            value_offers,
        )
        from crm.commands.commitments import (  # noqa: PLC0415 - as above
            follow_contact as merge_promises,
        )
        from crm.commands.commitments import keep_evidence  # noqa: PLC0415 - as above
        from crm.queries import (  # noqa: F401, PLC0415 - models are loaded only now
            chain_told,
            concern_told,
            contact_told,
            feed,
            goal_told,
            help_told,
            intel_told,
            leaving,
            reminder_told,
            value_told,
        )

        for belonging in (
            belongings.STEPS,
            belongings.PROMISES,
            belongings.CONCERNS,
            belongings.GOALS,
        ):
            belonging.register()
        callbacks.CONTACTS_MERGED.append(peer_pairs.follow_merged)
        callbacks.REASSIGNED.append(peer_pairs.follow_customers)
        callbacks.HELD["peer_pairs"] = peer_pairs.count_passed
        callbacks.LOOSE["peer_pairs_ended"] = peer_pairs.count_ended
        CLOSING_CHECKS.append(leaving.still_holds)
        callbacks.ACTIVITY_WEAKENED.append(keep_evidence)
        callbacks.CONTACTS_MERGED.append(merge_promises)
        callbacks.CONTACTS_MERGED.append(help.follow_contact)
        callbacks.CONTACTS_MERGED.append(contact_rules.follow_contact)
        callbacks.CONTACTS_MERGED.append(value_offers.follow_contact)
        for constraint, sentence in REFUSALS.items():
            explain(constraint, sentence)
        _fill_pages()


def _fill_pages() -> None:
    """What stands on the customer's page beside its own rows, and what the palette finds."""
    from core.palette import register  # noqa: PLC0415 - models are loaded only now
    from crm import panels  # noqa: PLC0415 - as above
    from crm.views import palette  # noqa: PLC0415 - as above

    for slot, view_name, title, order in (
        ("opportunities", "customer-goals", gettext_lazy("Goals"), 12),
        ("opportunities", "customer-concerns", gettext_lazy("Concerns"), 15),
        ("opportunities", "customer-promises", gettext_lazy("Promises"), 20),
        ("side", "customer-intel", gettext_lazy("What we know"), 20),
        ("side", "customer-offers", gettext_lazy("What else can we offer"), 30),
        ("side", "customer-help", gettext_lazy("Help"), 60),
    ):
        panels.register(slot, view_name, title=title, order=order)
    register(palette.find_customers, title=gettext_lazy("Customers"), order=10)
    register(palette.find_contacts, title=gettext_lazy("People"), order=30)
    register(palette.find_places, title=gettext_lazy("Go to"), order=90)
    register(palette.find_verbs, title=gettext_lazy("Begin"), order=80)
