from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self) -> None:
        """Say which events of the change feed a user reads."""
        from crm.queries import feed  # noqa: F401, PLC0415 - models are loaded only now
