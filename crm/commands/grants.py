"""The rows of access that belong to assignments, written in the assignment's own transaction.

Plain `INSERT ... ON CONFLICT DO NOTHING`: guardian's own `assign_perm` writes nothing for who
already sees the customer through the team, and he would lose sight of it when the team changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from crm.access import WRITING_PARTS

_OPEN_ROWS = """
INSERT INTO crm_customeruserpermission (content_object_id, user_id, permission_id, origin)
SELECT DISTINCT a.customer_id, a.user_id, p.id, 'assignment'
FROM crm_assignment a
JOIN django_content_type c ON c.app_label = 'crm' AND c.model = 'customer'
JOIN auth_permission p ON p.content_type_id = c.id
WHERE a.customer_id = ANY(%s) AND a.user_id = ANY(%s) AND a.ends_at IS NULL
  AND (p.codename = 'view_customer' OR (p.codename = 'change_customer' AND a.part = ANY(%s)))
ON CONFLICT DO NOTHING
"""

_CLOSE_ROWS = """
DELETE FROM crm_customeruserpermission
WHERE content_object_id = ANY(%s) AND user_id = ANY(%s) AND origin = 'assignment'
"""


def open_rows(customer_ids: Sequence[int], user_ids: Sequence[int]) -> None:
    """Write what the open assignments of these people at these customers give them."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_ROWS, [list(customer_ids), list(user_ids), sorted(WRITING_PARTS)])


def close_rows(customer_ids: Sequence[int], user_ids: Sequence[int]) -> None:
    """Take away what no open assignment of these people at these customers gives them any more."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_ROWS, [list(customer_ids), list(user_ids)])
    open_rows(customer_ids, user_ids)
