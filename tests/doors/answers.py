"""Who gets which status, where many doors answer alike.

The customer is Acme. The columns: nobody signed in, Anna who serves it, Nils of the same team, her
manager Boris, Ben of another team, the director Dora, the administrator Otto. A page sends who is
not signed in to the sign-in page, and everybody onwards after a change.
"""

IN = 302
SEE = (IN, 200, 200, 200, 404, 200, 200)
ALL = (IN, 200, 200, 200, 200, 200, 200)
"""Everybody gets the page, with what he sees."""
DO = (IN, 302, 403, 302, 404, 302, 403)
SHUT = (IN, 409, 403, 409, 404, 409, 403)
"""Who might do it is told that it cannot be done now."""

API_SEE = (401, 200, 200, 200, 404, 200, 200)
API_ALL = (401, 200, 200, 200, 200, 200, 200)
API_DO = (401, 200, 403, 200, 404, 200, 403)
API_MAKE = (401, 201, 403, 201, 404, 201, 403)
API_END = (401, 204, 403, 204, 404, 204, 403)
API_SHUT = (401, 409, 403, 409, 404, 409, 403)
API_NEVER = (401, 405, 405, 405, 405, 405, 405)
