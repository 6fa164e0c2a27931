# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Charges for freight: by zone and weight, with what is added to them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.work_item import (
    Desk,
    Order,
    Record,
    money,
    numbers,
    rounded,
    table,
    wrong_amounts,
)

KIND = "freight"
_PARCEL, _PALLET = (2, 5, 10, 20, 30), (50, 100, 200, 400, 800)
TITLES: Mapping[str, tuple[str, str, tuple[int, ...], int]] = {
    "freight invoice checking": ("Carriage rates", "waybill", _PALLET, 250),
    "carrier surcharge checking": ("Carriage and surcharges", "waybill", _PALLET, 300),
    "pallet charge calculation": ("Pallet rates", "load", _PALLET, 250),
    "parcel rate checking": ("Parcel rates", "parcel", _PARCEL, 200),
    "surcharge calculation": ("Rates and surcharges", "consignment", _PALLET, 333),
}
"""Duty -> title, reference, upper ends of the bands in kg, kg that count for a cubic metre."""
DUTIES = tuple(TITLES)
ZONES = ("1", "2", "3")


def desk(order: Order) -> Desk:
    """Return rates by zone and band, and consignments charged by them."""
    draw, (title, reference, bands, dense) = order.draw, TITLES[order.duty]
    code, small = order.region.code, order.region.small
    rates = _rates(draw, len(bands))
    fuel = Fraction(draw.pick((4, 5, 6, 8, 10, 12)))
    lift = 50 * draw.integer(11, 39)
    extra = "remote" if bands is _PARCEL else "tail lift"
    rows = [
        (f"up to {band}", *(money(rates[zone][i]) for zone in ZONES))
        for i, band in enumerate(bands)
    ]
    rules = (
        f"{table(('kg', *(f'zone {zone} {code}' for zone in ZONES)), rows)}\n"
        f"What counts is the weight or {dense} kg for each cubic metre, whichever is more.\n"
        f"On the rate comes a fuel surcharge of {fuel}%, rounded to the {small} (half "
        f"a {small} up), and then {money(lift)} where the column '{extra}' says yes."
    )
    every = _Tariff(bands, rates, dense, fuel, lift)
    records = tuple(_record(draw, every, number) for number in numbers(draw, order.count))
    columns = (reference, "zone", "weight", "volume", extra, f"charge {code}")
    return Desk(title, rules, columns, records)


def _rates(draw: Draw, count: int) -> dict[str, list[int]]:
    """Return a rate in cents by zone and band; both a farther zone and more weight cost more."""
    near = [10 * draw.integer(52, 98)]
    while len(near) < count:
        near.append(near[-1] + 10 * draw.integer(18, 74))
    found = {ZONES[0]: near}
    for nearer, zone in pairwise(ZONES):
        more, growth = 10 * draw.integer(9, 24), 10 * draw.integer(3, 9)
        found[zone] = [rate + more + i * growth for i, rate in enumerate(found[nearer])]
    return found


class _Tariff:
    """Rates with what is added to them."""

    def __init__(
        self,
        bands: tuple[int, ...],
        rates: Mapping[str, list[int]],
        dense: int,
        fuel: Fraction,
        lift: int,
    ) -> None:
        self.bands, self.rates, self.dense, self.fuel, self.lift = bands, rates, dense, fuel, lift

    def charge(self, zone: str, weight: Fraction, extra: bool, fuel: bool = True) -> int:
        """Return the charge in cents for a weight that counts, in kg."""
        band = next(i for i, upper in enumerate(self.bands) if weight <= upper)
        rate = self.rates[zone][band]
        added = rounded(rate * self.fuel / 100) if fuel else 0
        return rate + added + (self.lift if extra else 0)


def _record(draw: Draw, tariff: _Tariff, number: int) -> Record:
    zone, other = draw.sample(ZONES, 2)
    upper = draw.pick(tariff.bands[:-1])
    weight = draw.integer(1, upper + upper // 2)
    if draw.chance(0.2):
        weight = draw.pick((upper, upper + 1))
    # Light goods take up room: the volume of a heavier band, now and then.
    full = Fraction(tariff.bands[-1], tariff.dense)
    factor = draw.pick((40, 60, 80, 130, 190, 260))
    share = min(full, Fraction(weight * factor, 100 * tariff.dense))
    volume = Fraction(max(1, int(share * 100)), 100)
    counts = max(Fraction(weight), volume * tariff.dense)
    extra = draw.chance(0.3)
    right = tariff.charge(zone, counts, extra)
    mistakes = {
        tariff.charge(zone, Fraction(weight), extra), tariff.charge(other, counts, extra),
        tariff.charge(zone, counts, extra, fuel=False), tariff.charge(zone, counts, not extra),
    }  # fmt: skip
    cells = (
        str(number), zone, f"{weight} kg", f"{float(volume):.2f} m3", "yes" if extra else "no",
    )  # fmt: skip
    return Record(cells, money(right), wrong_amounts(right, mistakes))
