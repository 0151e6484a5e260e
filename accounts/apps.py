from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Say which events of the change feed a user reads."""
        from accounts.queries import feed  # noqa: F401, PLC0415 - models are loaded only now
