"""What differs between the countries that companies are in: money, plates of vehicles.

A company has one region, so that no paper of an instance mixes two.
"""

from __future__ import annotations

from dataclasses import dataclass

from peerwatch.common.draw import Draw

IRISH_PLACES = ("Bantry", "Ballina", "Dingle", "Howth", "Kinsale", "Youghal")
"""The places that companies are named after and that lie in the Republic of Ireland."""
MONEY = "\u00a4"
"""Stands in a template for the sign of the money."""
_LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"
_COUNTIES = ("C", "D", "KY", "MO", "G", "L")


@dataclass(frozen=True, slots=True)
class Region:
    """How a country writes money and vehicles.

    Attributes:
        sign: What stands before an amount, ``£``.
        code: What heads a column of amounts, ``GBP``.
        small: What the hundredth of the unit is called, ``penny``.
        after: What stands behind an amount in hundredths, ``p``.
    """

    sign: str
    code: str
    small: str
    after: str

    def amounts(self, text: str) -> str:
        """Return a template's text with the sign of the money in it."""
        return text.replace(MONEY, self.sign)

    def plate(self, draw: Draw) -> str:
        """Return the plate of a vehicle, ``YK19 VXH`` or ``191-C-4921``."""
        if self.code == "EUR":
            year, county = f"{draw.integer(14, 24)}{draw.integer(1, 2)}", draw.pick(_COUNTIES)
            return f"{year}-{county}-{draw.integer(1000, 29_999)}"
        area, ending = (_letters(draw, count) for count in (2, 3))
        return f"{area}{draw.pick((0, 50)) + draw.integer(14, 24)} {ending}"


def _letters(draw: Draw, count: int) -> str:
    return "".join(draw.pick(_LETTERS) for _ in range(count))


BRITAIN = Region("\u00a3", "GBP", "penny", "p")
IRELAND = Region("\u20ac", "EUR", "cent", "c")


def region_of(company: str) -> Region:
    """Return the region of a company, which follows from the place in its name if there is one."""
    return IRELAND if any(place in company.split() for place in IRISH_PLACES) else BRITAIN
