"""The clock a country keeps its business hours by."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from django.conf import settings

# Countries with several zones: the one most of their business keeps.
PRINCIPAL_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


@lru_cache(maxsize=512)
def zone_for(country: str) -> ZoneInfo:
    """The zone of a country by its ISO code; the company's own (TIME_ZONE) where unknown."""
    code = (country or "").strip().upper()
    principal = PRINCIPAL_ZONES.get(code)
    if principal is None:
        zones = get_global("territory_zones").get(code, [])
        principal = zones[0] if len(zones) == 1 else settings.TIME_ZONE
    return ZoneInfo(principal)
