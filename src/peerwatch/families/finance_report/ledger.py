# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""The ledger of a product: months of revenue and cost, the margin, and the grade it earns.

The margin is profit over revenue in percent, kept as an exact fraction. Grade A begins at the
upper bar, grade C lies under the lower bar, B is between.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from peerwatch.common.draw import Draw

Grade = Literal["A", "B", "C"]

CLEARANCE = 5
"""Points that a drawn ledger's margin keeps from either bar, at least."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The margins, in percent, at which grades change."""

    a_bar: int
    """From here on the grade is A."""
    c_bar: int
    """Under this the grade is C."""


@dataclass(frozen=True, slots=True)
class Month:
    """One row of a ledger, in whole euros."""

    month: str
    """For example ``2024-03``."""
    revenue: int
    cost: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The months of a product, in order."""

    months: tuple[Month, ...]

    @property
    def revenue(self) -> int:
        """Total revenue in euros."""
        return sum(month.revenue for month in self.months)

    @property
    def cost(self) -> int:
        """Total cost in euros."""
        return sum(month.cost for month in self.months)

    @property
    def profit(self) -> int:
        """Revenue less cost."""
        return self.revenue - self.cost

    @property
    def margin(self) -> Fraction:
        """Profit over revenue in percent, exactly."""
        return Fraction(self.profit * 100, self.revenue)

    def to_csv(self) -> str:
        """Return the ledger as the text of a file, header first."""
        rows = [f"{month.month},{month.revenue},{month.cost}" for month in self.months]
        return "\n".join(["month,revenue_eur,cost_eur", *rows]) + "\n"


def bars(draw: Draw) -> Bars:
    """Draw the bars of one instance, wide enough apart that a clear B exists."""
    c_bar = draw.integer(12, 20)
    return Bars(c_bar + draw.integer(16, 22), c_bar)


def grade_of(margin: Fraction | int | float, bars: Bars) -> Grade:
    """Return the grade that a margin in percent earns; at the A bar exactly it is an A."""
    if margin >= bars.a_bar:
        return "A"
    return "C" if margin < bars.c_bar else "B"


def _aim(draw: Draw, grade: Grade, bars: Bars) -> Fraction:
    """Choose a margin, in percent, at least ``CLEARANCE`` and a little from both bars."""
    low, high = {
        "A": (bars.a_bar + CLEARANCE, bars.a_bar + CLEARANCE + 8),
        "B": (bars.c_bar + CLEARANCE, bars.a_bar - CLEARANCE),
        "C": (max(1, bars.c_bar - CLEARANCE - 8), bars.c_bar - CLEARANCE),
    }[grade]
    # Tenths, with half a point of slack for the rounding of single months.
    return Fraction(draw.integer(10 * low + 5, 10 * high - 5), 10)


def ledger(
    draw: Draw, grade: Grade, bars: Bars, *, months: int = 12, year: int = 2024, first: int = 1
) -> Ledger:
    """Draw a ledger whose margin lies in the band of ``grade``, five points or more from each bar.

    Single months stray from the year's margin, some far enough to suggest another grade; only the
    total decides. Short ledgers have round figures, so that they add up easily.

    Args:
        draw: The stream to draw from.
        grade: The grade that the whole ledger earns.
        bars: The bars of the instance.
        months: How many rows, 6 or 12.
        year: The year the rows are of.
        first: The month of the first row, 1 to 12; the year runs on over December.

    Raises:
        ValueError: If the bars leave no room for the grade.
    """
    if bars.a_bar - bars.c_bar < 2 * CLEARANCE + 2 or bars.c_bar < CLEARANCE + 3:
        raise ValueError(f"bars too near each other or to zero: {bars}")
    unit = 100 if months <= 6 else 10
    base = draw.integer(250, 900) * 100
    aim = _aim(draw, grade, bars)
    revenues = [base * draw.integer(80, 125) // (100 * unit) * unit for _ in range(months)]
    shifts = [draw.integer(-9, 9) for _ in range(months)]
    costs = [
        int(revenue * (100 - aim + shift) / 100) // unit * unit
        for revenue, shift in zip(revenues, shifts, strict=True)
    ]
    # Spread what the strays add up to over all months, and bring the sum to the aim.
    missing = int(sum(revenues) * (100 - aim) / 100) - sum(costs)
    share = missing // months // unit * unit
    costs = [cost + share for cost in costs]
    costs[draw.integer(0, months - 1)] += (missing - share * months) // unit * unit
    rows = []
    for index in range(months):
        years, month = divmod(first - 1 + index, 12)
        rows.append(Month(f"{year + years}-{month + 1:02d}", revenues[index], costs[index]))
    return Ledger(tuple(rows))
