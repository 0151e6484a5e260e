from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self) -> None:
        """Listen, and say what a user reads, finds, and holds."""
        from accounts.callbacks import CLOSING_CHECKS  # noqa: PLC0415 - models are loaded only now
        from core.palette import register  # noqa: PLC0415 - as above
        from crm import callbacks, subscribers  # noqa: F401, PLC0415 - models are loaded only now
        from crm.commands import peer_pairs  # noqa: PLC0415 - as above
        from crm.queries import chain_told, feed  # noqa: F401, PLC0415 - models are loaded only now
        from crm.queries.leaving import still_serves  # noqa: PLC0415 - as above
        from crm.views import palette  # noqa: PLC0415 - as above

        CLOSING_CHECKS.append(still_serves)
        callbacks.CONTACTS_MERGED.append(peer_pairs.follow_merged)
        callbacks.REASSIGNED.append(peer_pairs.follow_customers)
        callbacks.HELD["peer_pairs"] = peer_pairs.count_passed
        callbacks.LOOSE["peer_pairs_ended"] = peer_pairs.count_ended
        register(palette.find_customers, title=gettext_lazy("Customers"), order=10)
        register(palette.find_contacts, title=gettext_lazy("People"), order=30)
        register(palette.find_places, title=gettext_lazy("Go to"), order=90)
        register(palette.find_verbs, title=gettext_lazy("Begin"), order=80)
