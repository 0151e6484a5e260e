from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Listen to what happens, and say which events of the change feed a user reads."""
        from accounts import subscribers  # noqa: F401, PLC0415 - models are loaded only now
        from accounts.queries import feed  # noqa: F401, PLC0415 - models are loaded only now
