from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self) -> None:
        """Say which events of the change feed a user reads, and listen."""
        from crm import subscribers  # noqa: F401, PLC0415 - models are loaded only now
        from crm.queries import feed  # noqa: F401, PLC0415 - models are loaded only now
