from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PipelineConfig(AppConfig):
    name = "pipeline"

    def ready(self) -> None:
        """Register criteria and consumers, and hang onto the floors below."""
        from accounts.callbacks import (  # noqa: PLC0415 - models are loaded only now
            CLOSING_CHECKS,
            SETTINGS_TABS,
            SettingsTab,
        )
        from core.palette import register as find_by  # noqa: PLC0415 - same
        from crm.callbacks import (  # noqa: PLC0415 - same
            ACTIVITY_LOGGED,
            ACTIVITY_MOVED,
            ACTIVITY_WEAKENED,
            CHAIN_PAGES,
            COMMITMENT_NOTED,
            CONTACTS_MERGED,
            LOOSE,
            REASSIGNED,
        )
        from crm.panels import register as fill_slot  # noqa: PLC0415 - same
        from pipeline import criteria, subscribers  # noqa: F401, PLC0415 - same
        from pipeline.commands import contacts, following  # noqa: PLC0415 - same
        from pipeline.queries import chains, gate_told, told  # noqa: F401, PLC0415 - same
        from pipeline.queries.jump import hits  # noqa: PLC0415 - same

        criteria.load()
        ACTIVITY_LOGGED.append(following.take_up_activity)
        COMMITMENT_NOTED.append(following.take_up_promise)
        CONTACTS_MERGED.append(contacts.follow_merge)
        ACTIVITY_WEAKENED.append(following.keep_evidence)
        ACTIVITY_MOVED.append(following.keep_in_its_stay)
        CHAIN_PAGES.append(chains.page_of)
        following.SALES.register(place=0)  # a move of a sale ends steps of its stage
        REASSIGNED.append(following.pass_on_reminders)
        LOOSE["reminders"] = following.count_unread
        CLOSING_CHECKS.extend((following.still_leads, following.still_bound))
        SETTINGS_TABS.append(
            SettingsTab("pipelines", _("Pipelines"), "pipeline-list", "pipeline.publish")
        )
        SETTINGS_TABS.append(
            SettingsTab("approvals", _("Approvals"), "settings-approvals", "approval_rule.change")
        )
        fill_slot("opportunities", "customer-opportunities", title=_("Opportunities"))
        find_by(hits, title=_("Opportunities"), order=30)
