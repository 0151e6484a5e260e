from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "pipeline"

    def ready(self) -> None:
        """Register criteria and consumers, and hang onto the floors below."""
        from accounts.callbacks import CLOSING_CHECKS  # noqa: PLC0415 - models are loaded only now
        from crm.callbacks import ACTIVITY_LOGGED, HELD, REASSIGNED  # noqa: PLC0415 - same
        from pipeline import criteria, subscribers  # noqa: F401, PLC0415 - same
        from pipeline.commands import following  # noqa: PLC0415 - same

        criteria.load()
        ACTIVITY_LOGGED.append(following.take_up_activity)
        REASSIGNED.append(following.follow_customers)
        HELD["opportunities"] = following.count_held
        CLOSING_CHECKS.append(following.still_leads)
