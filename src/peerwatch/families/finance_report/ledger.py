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
from peerwatch.families.shared.region import Region

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
    """One row of a ledger, in whole units of the money."""

    month: str
    """For example ``2024-03``."""
    revenue: int
    cost: int
    invoices: int = 0
    """How many were written in the month."""
    remark: str = ""
    """What the bookkeeper put beside the month; no figure follows from it."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The months of a product, in order."""

    months: tuple[Month, ...]

    @property
    def revenue(self) -> int:
        """Total revenue."""
        return sum(month.revenue for month in self.months)

    @property
    def cost(self) -> int:
        """Total cost."""
        return sum(month.cost for month in self.months)

    @property
    def profit(self) -> int:
        """Revenue less cost."""
        return self.revenue - self.cost

    @property
    def margin(self) -> Fraction:
        """Profit over revenue in percent, exactly."""
        return Fraction(self.profit * 100, self.revenue)

    def to_csv(self, region: Region) -> str:
        """Return the ledger as the text of a file, header first."""
        unit = region.code.lower()
        rows = [
            f"{month.month},{month.invoices},{month.revenue},{month.cost},{month.remark}"
            for month in self.months
        ]
        return "\n".join([f"month,invoices,revenue_{unit},cost_{unit},remark", *rows]) + "\n"


_REMARKS = (
    "2 new accounts", "lost Hargreaves", "o/t last week", "repairs, see inv 4471",
    "new price list from 1st", "stocktake", "temp in for sick leave", "rent review",
    "spring mailshot", "fuel up again", "power cut 1 day", "reprint of leaflets",
)  # fmt: skip


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

    Months follow a season and stray from the year's margin, some far enough to suggest another
    grade; only the total decides. No figure comes twice. Short ledgers have round figures, so that
    they add up easily.

    Args:
        draw: The stream to draw from.
        grade: The grade that the whole ledger earns.
        bars: The bars of the instance.
        months: How many rows, 6 or 12.
        year: The year of the first row.
        first: The month of the first row, 1 to 12; the year runs on over December.

    Raises:
        ValueError: If the bars leave no room for the grade.
    """
    if bars.a_bar - bars.c_bar < 2 * CLEARANCE + 2 or bars.c_bar < CLEARANCE + 3:
        raise ValueError(f"bars too near each other or to zero: {bars}")
    unit = 10 if months <= 6 else 1
    aim = _aim(draw, grade, bars)
    revenues = _revenues(draw, months, first, unit)
    costs = _costs(draw, revenues, aim, unit)
    while len({*costs}) < months:
        costs = _costs(draw, revenues, aim, unit)
    bill = draw.integer(60, 420)  # what an invoice comes to, about
    remarks = draw.sample(_REMARKS, months // 4 + 1)
    beside = draw.shuffled([*remarks, *[""] * (months - len(remarks))])
    rows = []
    for index in range(months):
        years, month = divmod(first - 1 + index, 12)
        count = revenues[index] * draw.integer(92, 108) // (100 * bill) + 1
        when = f"{year + years}-{month + 1:02d}"
        rows.append(Month(when, revenues[index], costs[index], count, beside[index]))
    return Ledger(tuple(rows))


_SEASON = (-10, -8, -2, 3, 7, 10, 9, 4, 2, 0, -4, -11)
"""Percent by which a month lies off the year where summer is strong."""


def _revenues(draw: Draw, months: int, first: int, unit: int) -> list[int]:
    """Return the revenue of each month: a level, a season with its strength, a trend, chance."""
    base = draw.integer(2500, 9000) * 10
    strength, shift, trend = draw.pick((-1, 1, 2)), draw.integer(0, 11), draw.integer(-8, 12)
    found: list[int] = []
    while len(found) < months:
        month = (first - 1 + len(found) + shift) % 12
        percent = 100 + strength * _SEASON[month] + trend * len(found) // months
        value = base * (10 * percent + draw.integer(-45, 45)) // (1000 * unit) * unit
        if value not in found:
            found.append(value)
    return found


def _costs(draw: Draw, revenues: list[int], aim: Fraction, unit: int) -> list[int]:
    """Return the cost of each month, such that all of them together meet the margin aimed at."""
    costs = [
        int(revenue * (100 - aim + draw.integer(-9, 9)) / 100) // unit * unit
        for revenue in revenues
    ]
    # Spread what the strays add up to over all months, and bring the sum to the aim.
    missing = int(sum(revenues) * (100 - aim) / 100) - sum(costs)
    share = missing // len(costs) // unit * unit
    costs = [cost + share for cost in costs]
    costs[draw.integer(0, len(costs) - 1)] += (missing - share * len(costs)) // unit * unit
    return costs
