# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Amounts payable on claims: travel expenses by rates, goods damaged on the way by weight."""

from __future__ import annotations

from datetime import timedelta

from peerwatch.families.shared.items.work_item import (
    Desk,
    Order,
    Record,
    days_ago,
    money,
    numbers,
    short_day,
    table,
    wrong_amounts,
)

KIND = "claims"
DUTIES = ("expense claim checking", "transit damage assessment")


def desk(order: Order) -> Desk:
    """Return the rates, and claims to be settled by them."""
    return _expenses(order) if order.duty == DUTIES[0] else _damages(order)


def _expenses(order: Order) -> Desk:
    draw = order.draw
    kilometre = {"own car": draw.integer(27, 33), "own van": draw.integer(35, 41)}
    half, full = 50 * draw.integer(24, 32), 50 * draw.integer(50, 64)
    caps = {"1": 500 * draw.integer(15, 19), "2": 500 * draw.integer(24, 29)}
    rows = [(f"{name}, each km", money(rate)) for name, rate in kilometre.items()]
    rows += [("away more than 8 hours", money(half)), ("away 24 hours or more", money(full))]
    rows += [(f"hotel, town group {group}, at most", money(cap)) for group, cap in caps.items()]
    rules = (
        f"{table(('item', order.region.code), rows)}\n"
        "Meal money is paid once a claim, by the longer time that was reached; for 8 hours or less "
        "there is none. A hotel is paid at cost up to the cap of its group. Payable is the sum of "
        "travel, meal money and hotel."
    )

    def record(number: int) -> Record:
        vehicle = draw.pick(("own car", "own car", "own car", "own van"))
        group = draw.pick(tuple(caps))
        distance = 2 * draw.integer(11, 190)
        hours = draw.pick(
            (draw.integer(4, 7), 8, 9, draw.integer(10, 23), 24, draw.integer(25, 31))
        )
        stay = hours >= 20
        hotel = caps[group] + 10 * draw.integer(-320, 480) if stay else 0
        travel = distance * kilometre[vehicle]
        meals = full if hours >= 24 else half if hours > 8 else 0
        other = kilometre["own van" if vehicle == "own car" else "own car"]
        right = travel + meals + min(hotel, caps[group])
        wrong_cap = min(hotel, caps["2" if group == "1" else "1"])
        mistakes = {
            travel + meals + hotel, distance * other + meals + min(hotel, caps[group]),
            travel + meals + wrong_cap, travel + min(hotel, caps[group]),
            travel + half + min(hotel, caps[group]),
        }  # fmt: skip
        cells = (
            str(number), f"{distance} km {vehicle}", f"{hours} h",
            f"{money(hotel)}, group {group}" if stay else "none",
        )  # fmt: skip
        return Record(cells, money(right), wrong_amounts(right, mistakes))

    columns = ("claim", "travel", "away", "hotel", f"payable {order.region.code}")
    records = tuple(record(number) for number in numbers(draw, order.count))
    return Desk("Travel rates", rules, columns, records)


def _damages(order: Order) -> Desk:
    draw, code = order.draw, order.region.code
    rates = {"road": 10 * draw.integer(80, 89), "sea": 10 * draw.integer(21, 27),
             "air": 10 * draw.integer(170, 220)}  # fmt: skip
    days, excess = draw.pick((5, 7, 10, 14)), 500 * draw.integer(5, 15)
    rows = [(name, money(rate)) for name, rate in rates.items()]
    rules = (
        f"{table(('carried by', f'{code} each kg damaged'), rows)}\n"
        "Payable is the rate times the weight, at most the value of the goods, less an own share "
        f"of {money(excess)}; never less than 0.00. Reported more than {days} days after delivery "
        "(the day of delivery does not count): 0.00."
    )

    def record(number: int, ago: int) -> Record:
        mode, weight = draw.pick(tuple(rates)), draw.integer(12, 320)
        by_weight = rates[mode] * weight
        value = by_weight * draw.integer(55, 190) // 10000 * 100 + 9500
        late = draw.pick((1, 2, days - 1, days, days, days + 1, days + draw.integer(2, 9)))
        delivered = order.today - timedelta(days=late + ago)
        in_time = max(0, min(by_weight, value) - excess)
        right = in_time if late <= days else 0
        mistakes = {
            by_weight - excess, min(by_weight, value), value - excess, in_time,
            0 if right else in_time,
        }  # fmt: skip
        cells = (
            str(number), mode, f"{weight} kg", money(value), short_day(delivered),
            short_day(delivered + timedelta(days=late)),
        )  # fmt: skip
        return Record(cells, money(right), wrong_amounts(right, mistakes))

    columns = (
        "claim", "by", "damaged", f"value {code}", "delivered", "reported", f"payable {code}",
    )  # fmt: skip
    came = zip(numbers(draw, order.count), days_ago(draw, order.count), strict=True)
    records = tuple(record(number, ago) for number, ago in came)
    return Desk("Liability rates", rules, columns, records)
