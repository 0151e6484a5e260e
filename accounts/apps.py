from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Listen to what happens, and say what a user reads and finds."""
        from accounts import subscribers  # noqa: F401, PLC0415 - models are loaded only now
        from accounts.queries import (  # noqa: PLC0415 - as above
            feed,  # noqa: F401 - registers itself
            jump,
        )
        from core.palette import register  # noqa: PLC0415 - as above

        register(jump.people, title=gettext_lazy("Our people"), order=70)
        register(jump.pages, title=gettext_lazy("Settings"), order=95)
