"""Static files of production: every one named by its content, so that browsers keep it for ever."""

import re
from collections.abc import Callable
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("core/", "accounts/", "crm/", "pipeline/", "analytics/", "integrations/")


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hash every static file, the ES modules other modules import included."""

    support_js_module_import_aggregation = True

    def url_converter(self, name: str, *arguments: Any, **options: Any) -> Callable[..., str]:
        """Leave alone what a package's file only seems to import, in a comment for one."""
        convert = super().url_converter(name, *arguments, **options)
        if name.startswith(OURS):
            return convert

        def convert_if_there(found: re.Match[str]) -> str:
            try:
                return convert(found)
            except ValueError:
                return found.group(0)

        return convert_if_there
