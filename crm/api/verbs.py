"""A verb on one thing: POST runs one command, and shows the thing as it is then."""

from __future__ import annotations

from typing import Any, ClassVar

from core.api.views import RunsCommand
from crm import access
from crm.api.people import put_people
from crm.queries.colleagues import get_person


class Verb(RunsCommand):
    """Define `output_class`, `find(user, pk)`, which lets its "not found" pass, and `command`.

    Numbers of people and activities in the body reach the command as what they name.
    """

    success_status = 200
    find: ClassVar[Any]
    command: ClassVar[Any]

    def run(self, data: dict[str, Any], pk: int) -> Any:
        """Do it."""
        user = self.request.user
        thing = type(self).find(user, pk)
        put_people(user, data, "agreed_by")
        if "to" in data:
            data["to"] = get_person(data["to"])
        if data.get("activity"):
            data["activity"] = access.get_activity(user, data["activity"])
        type(self).command(thing, by=user, at=self.now, **data)
        return type(self).find(user, pk)
