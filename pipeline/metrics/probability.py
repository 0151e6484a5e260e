"""How probable it is that a sale in a stage is won, and how many who entered it went on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from core.metrics.proportions import rate
from core.metrics.result import Result, Window

STRENGTH = 20
"""The pipeline's own assumption counts as much as so many decided sales."""

ENOUGH = 30
"""From so many decided sales on a probability is called calibrated."""

PLACES = Decimal("0.0001")
FORMULA = "m8-probability/1"
CONVERSION = "m8-conversion/1"


class Label(StrEnum):
    """What a probability rests on."""

    DEFAULT = "default"
    WEIGHTED = "default-weighted"
    CALIBRATED = "calibrated"


@dataclass(frozen=True)
class Probability:
    """The chance of a sale in one stage and segment, with what it rests on.

    `value` is a fraction with four decimals; 0 is a value. `raw` is wins/n, None without a sale.
    """

    value: Decimal
    assumed: Decimal
    wins: int
    n: int
    window: Window
    label: Label
    formula_version: str = FORMULA

    @property
    def raw(self) -> Decimal | None:
        return Decimal(self.wins) / self.n if self.n else None


def stage_probability(
    assumed: Decimal, *, wins: int = 0, n: int = 0, window: Window
) -> Probability:
    """(wins + 20·p₀)/(n + 20) over the decided sales that ever entered the stage.

    Rounded half up to four decimals, so that amount times probability can be checked by hand.
    """
    if not 0 <= wins <= n or not 0 <= assumed <= 1:
        raise ValueError(f"{wins} wins of {n} at {assumed}")
    value = (wins + STRENGTH * assumed) / (n + STRENGTH)
    value = value.quantize(PLACES, rounding=ROUND_HALF_UP)
    return Probability(value, assumed, wins, n, window, label_of(n))


def label_of(n: int) -> Label:
    """By how many decided sales there are."""
    if n == 0:
        return Label.DEFAULT
    return Label.WEIGHTED if n < ENOUGH else Label.CALIBRATED


def conversion(advanced: int, failed: int, *, window: Window) -> Result:
    """advanced/(advanced + failed), with Wilson's interval; who is still in the stage is censored.

    Advanced is who later reached any later open stage or was won, failed who was closed without.
    """
    return rate(advanced, advanced + failed, window=window, formula=CONVERSION)
