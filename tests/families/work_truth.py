"""The right entry of a record and the mark of a text, read off what a grader is given.

Nothing of the generators is used: only the words on the page, and other arithmetic than theirs.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MONEY = "[\u00a3\u20ac]"
Rows = list[list[str]]


def rows_of(rules: str) -> Rows:
    """Return the cells of the table, without its head."""
    return [line.split(" | ") for line in rules.splitlines() if " | " in line][1:]


def one(pattern: str, text: str) -> str:
    """Return the first group of a pattern that has to be there."""
    found = re.search(pattern, text, re.DOTALL)
    assert found, (pattern, text)
    return found[1]


def amount(value: Decimal) -> str:
    return str(value.quantize(CENT, ROUND_HALF_UP))


def as_day(text: str) -> date:
    day, month, year = text.split()
    return date(int(year), list(calendar.month_name).index(month), int(day))


def said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"


def coded(rules: str, cells: Mapping[str, str]) -> str:
    rows = rows_of(rules)
    (dear,) = [row for row in rows if re.search(MONEY, row[1])]
    special = next(row[1].split()[-1] for row in rows if ": " not in row[1])
    worth = next(Decimal(value) for name, value in cells.items() if name.endswith(("EUR", "GBP")))
    if worth >= Decimal(one(rf"{MONEY}(\d+)", dear[1])):
        return dear[0]
    marks = {"anything": "hire of", "reconditioned": "reconditioned", "charge": "samples,",
             "goods": "second-hand"}  # fmt: skip
    if cells["text"].startswith(marks[special]):
        return next(row[0] for row in rows if ": " not in row[1])
    (code,) = [
        row[0]
        for row in rows
        if ": " in row[1] and cells["text"] in row[1].split(": ")[1].split(", ")
    ]
    return code


def priced(rules: str, cells: Mapping[str, str]) -> str:
    prices = {row[0]: Decimal(row[1]) for row in rows_of(rules)}
    gross = prices[cells["item"]] * int(cells["quantity"])
    percent = 0
    if cells["group"] == "C":
        percent = int(one(r"\(contract\): (\d+)%", rules))
    else:
        for share, least in re.findall(r"(\d+)% off the line from (\d+)", rules):
            if int(cells["quantity"]) >= int(least):
                percent = max(percent, int(share))
    return amount(gross - gross * percent / 100)


def percents(rules: str) -> dict[str, Decimal]:
    return {
        row[0]: Decimal(0) if row[1] == "nothing" else Decimal(row[1].rstrip("%"))
        for row in rows_of(rules)
    }


def billed(rules: str, cells: Mapping[str, str]) -> str:
    (_, ordered), (billed_count, price) = (
        (Decimal(n) for n in cells[name].split(" at ")) for name in ("ordered", "billed")
    )
    dear = price > ordered + ordered * percents(rules)[cells["class"]] / 100
    more = billed_count > Decimal(cells["received"])
    return {(0, 0): "release", (1, 0): "hold price", (0, 1): "hold quantity"}.get(
        (int(dear), int(more)), "hold both"
    )


def counted(rules: str, cells: Mapping[str, str]) -> str:
    words: list[str] = re.findall(r"(?:^|\. )([a-z ]+): ", rules, re.MULTILINE)
    fine, short, hold = words
    found = cells.get("packed", cells.get("received", ""))
    asked, there = ([int(n) for n in re.findall(r"(\d+) x ", t)] for t in (cells["ordered"], found))
    if asked == there:
        return fine
    limit = percents(rules)[cells["class"]] / 100
    if any(b > a or a - b > a * limit for a, b in zip(asked, there, strict=True)):
        return hold
    return short


def limited(rules: str, cells: Mapping[str, str]) -> str:
    good = one(r"included: ([a-z ]+)\. Above", rules)
    middle, bad = one(r"that included: ([a-z ]+)\.", rules), one(r"More: ([a-z ]+)\.", rules)
    group = next(cells[name] for name in ("class", "kind", "grade") if name in cells)
    limit = {row[0]: Decimal(row[1].split()[0].rstrip("%")) for row in rows_of(rules)}[group]
    *_, before, after = (Decimal(value) for value in list(cells.values())[-2:])
    if "usual use" in cells:
        before, after = Decimal(cells["usual use"]), after - before
    off = abs(after - before)
    if "percentage" in rules:
        off = off * 100 / before
    return good if off <= limit else middle if off <= 2 * limit else bad


TOPIC_WORDS: Mapping[str, str] = {
    "late or missed deliveries": "friday|no van|day late|left a card|not arrived",
    "wrong or damaged goods": "crushed|large size|broken|colour|somebody else's",
    "bills and payments": "bill|paid on|from our account",
    "conduct of staff": "hung up|swore|smoked|stop wasting|laughed",
    "website and customer account": "log in|order page|old address|link|website",
    "hours and overtime": "overtime|nine hours|saturday|clocked|night premium",
    "leave and sickness pay": "holiday|sick |leave|illness",
    "tax and pension": "tax|pension",
    "bank and personal details": "bank|surname|closed|address|account number",
    "loans and deductions": "deduction|loan",
    "lighting and sockets": "tubes|sockets|lamp|light switch",
    "heating and water": "radiators|tap|hot water|water stain|thermostat",
    "doors and gates": "roller door|lock|barrier|gate motor|door closer",
    "vehicles and trucks": "forklift|van |truck|tractor",
    "computers and printers": "printer|scanner|screen|till|keyboard",
}
HURT = "hospital|doctor|ambulance|first aid|back lifting|burnt my arm|ankle|cut a hand"


def routed(rules: str, cells: Mapping[str, str]) -> str:
    desks = dict(rows_of(rules))
    message = cells["message"].lower()
    if re.search(HURT, message):
        return desks["everything in which somebody got hurt"]
    if cells["before"] == "yes":
        return one(r"goes to (desk \d+), unless", rules)
    (topic,) = {name for name in desks if re.search(TOPIC_WORDS.get(name, "$^"), message)}
    return desks[topic]


def claimed(rules: str, cells: Mapping[str, str]) -> str:
    rates = {row[0]: Decimal(row[1]) for row in rows_of(rules)}
    if "hotel" not in cells:
        return damaged(rules, rates, cells)
    distance, vehicle = cells["travel"].split(" km ")
    total = int(distance) * rates[f"{vehicle}, each km"]
    hours = int(cells["away"].split()[0])
    if hours > 8:
        total += rates["away 24 hours or more" if hours >= 24 else "away more than 8 hours"]
    if cells["hotel"] != "none":
        cost, group = cells["hotel"].split(", group ")
        total += min(Decimal(cost), rates[f"hotel, town group {group}, at most"])
    return amount(total)


def damaged(rules: str, rates: Mapping[str, Decimal], cells: Mapping[str, str]) -> str:
    took = as_day(cells["reported"]) - as_day(cells["delivered"])
    if took.days > int(one(r"more than (\d+) days", rules)):
        return "0.00"
    worth = Decimal(next(value for name, value in cells.items() if name.startswith("value ")))
    by_weight = rates[cells["by"]] * int(cells["damaged"].split()[0])
    share = Decimal(one(r"own share of (\d+\.\d\d)", rules))
    return amount(max(Decimal(0), min(by_weight, worth) - share))


def returned(rules: str, cells: Mapping[str, str]) -> str:
    (span,) = [row[2] for row in rows_of(rules) if cells["article"] in row[1].split(", ")]
    number = int(span.split()[0])
    if "decision" in rules or "misuse" in rules:
        if cells["remark"] == "no delivery note":
            return "ask stores"
        came, claim = as_day(cells["delivered"]), as_day(cells["reported"])
        months = came.month - 1 + number
        ends = came.replace(year=came.year + months // 12, month=months % 12 + 1)
        return "drop" if claim > ends or cells["remark"] == "signs of misuse" else "claim"
    if as_day(cells["sent back"]) > as_day(cells["received"]) + timedelta(days=number):
        return "no credit"
    opened = one(r"opened: (less \d+%)", rules)
    return opened if cells["state"] == "opened" else "full credit"


def carried(rules: str, cells: Mapping[str, str]) -> str:
    weight = Decimal(cells["weight"].split()[0])
    volume = Decimal(cells["volume"].split()[0])
    counts = max(weight, volume * int(one(r"or (\d+) kg for each cubic", rules)))
    row = next(row for row in rows_of(rules) if counts <= int(row[0].split()[-1]))
    rate = Decimal(row[int(cells["zone"])])
    percent = Decimal(one(r"surcharge of ([\d.]+)%", rules))
    total = rate + (rate * percent / 100).quantize(CENT, ROUND_HALF_UP)
    if cells.get("tail lift", cells.get("remote")) == "yes":
        total += Decimal(one(r"then (\d+\.\d\d) where", rules))
    return amount(total)


def arrives(rules: str, cells: Mapping[str, str]) -> str:
    closed = [as_day(text) for text in re.findall(r"\d+ [A-Z]\w+ \d{4}", rules)]
    _, day, month, year, clock = cells["received"].split()
    at = as_day(f"{day} {month} {year}")
    calendar_days = [at + timedelta(days=i) for i in range(60)]
    working = [d for d in calendar_days if d.isoweekday() <= 5 and d not in closed]
    hour = int(one(r"in by (\d+):00", rules))
    late = at in working and int(clock.split(":")[0]) >= hour
    return said(working[late + int(dict(rows_of(rules))[cells["zone"]])])


def due(rules: str, cells: Mapping[str, str]) -> str:
    *_, kind, given = cells.values()
    number, unit = dict(rows_of(rules))[kind].split()
    day = as_day(given)
    if unit.startswith("day"):
        on = day + timedelta(days=int(number))
        while on.isoweekday() > 5:
            on += timedelta(days=1)
        return said(on)
    if unit.startswith("year"):
        return said(date(day.year + int(number), 12, 31))
    back = "so long before the end" in rules
    year, month = day.year, day.month
    for _ in range(int(number)):
        month += -1 if back else 1
        year, month = (
            (year - 1, 12) if month == 0 else (year + 1, 1) if month == 13 else (year, month)
        )
    on = date(year, month, calendar.monthrange(year, month)[1])
    while on.isoweekday() > 5:
        on -= timedelta(days=1)
    return said(on)


TRUTHS: Mapping[str, Callable[[str, Mapping[str, str]], str]] = {
    "coding": coded, "pricing": priced, "tolerance": limited, "routing": routed,
    "claims": claimed, "terms": returned, "freight": carried, "delivery": arrives,
    "deadlines": due,
    "matching": lambda rules, cells: (billed if "billed" in cells else counted)(rules, cells),
}  # fmt: skip


def right_entry(kind: str, rules: str, columns: list[str], record: str) -> str:
    """Return what ought to be entered for a record, ``a | b | c``."""
    return TRUTHS[kind](rules, dict(zip(columns, record.split(" | "), strict=False)))


POINT_WORDS: Mapping[str, str] = {
    "cause": "reason was|went wrong|came about",
    "new date": "have the goods|deliver on|is now on|come on|booked for|new date",
    "credit": "credit", "extension": "extension", "collection": "collect",
    "boxes sent again": "boxes", "form to sign": "form", "jobs open": "jobs",
    "vehicle off the road": "off the road", "first delivery": "first delivery", "keys": "keys",
    "diesel left": "diesel", "call back": "call back", "pallets missing": "pallets",
    "customer number": "customer", "delivered": "delivery was|delivered on",
    "pieces damaged": "pieces", "asks for": "they ask|the claim|they want", "answer by": "answer",
    "photos sent": "photos", "arrival": "expect us|arriv",
    "refund": "refund", "voucher": "voucher", "booked for": "book", "minutes late": "minutes",
    "spoke to": "spoke", "driver's slip": "slip",
}  # fmt: skip


def written_mark(question: str, answer: str, desk: str) -> float:
    """Return the mark of a text by the three criteria, from case and text alone."""
    number = one(r"^(\w+ \d+),", question)
    points = re.findall(r"([a-z' ]+) \(([^)]+)\)", one(r"Points: (.+)\.$", question))
    sentences = re.split(r"(?<=\w)\. (?=[A-Z\d])", answer)
    content = correct = 0
    for label, value in points:
        words = POINT_WORDS[label.strip()]
        having = [s for s in sentences if re.search(words, s, re.IGNORECASE)]
        content += bool(having)
        exactly = rf"(?<![\w.:]){re.escape(value)}(?![\w:])"
        correct += any(re.search(exactly, s, re.IGNORECASE) for s in having)
    opens = answer.startswith((f"{number}.", f"Re {number.lower()}."))
    form = opens + answer.endswith(f"{desk} desk")
    share = correct / content if content else 0
    return round(50 * content / len(points) + 30 * share + 10 * form, 2)
