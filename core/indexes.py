"""Indexes built while the table is written to, for migrations over tables that may be full.

Such a migration has `atomic = False` and nothing else in it, so that it can be run again when it
was interrupted.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently


class BuildIndex(AddIndexConcurrently):
    """Build an index beside the writers; what an interrupted build left behind goes first."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop what has this name, which is invalid or as good as unbuilt, and build it."""
        self.database_backwards(app_label, schema_editor, to_state, from_state)
        super().database_forwards(app_label, schema_editor, from_state, to_state)
