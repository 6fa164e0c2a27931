# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Letters, questions and tickets sent on to the desk that deals with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.work_item import Desk, Order, Record, numbers, table

KIND = "routing"


@dataclass(frozen=True, slots=True)
class _Topic:
    """A topic as the table has it, and messages that are about it and nothing else."""

    covers: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    """An inbox: its table, and messages in which somebody got hurt, which go before all topics."""

    title: str
    reference: str
    hurt: tuple[str, ...]
    topics: tuple[_Topic, ...]


def _topic(covers: str, *messages: str) -> _Topic:
    return _Topic(covers, messages)


BOXES: Mapping[str, _Box] = {
    "complaint routing": _Box(
        "Complaints by topic", "letter",
        (
            "Customer cut a hand on a damaged carton at the gate.",
            "Visitor slipped on the loading ramp and went to hospital.",
            "Driver dropped a box on a customer's foot, who saw a doctor.",
        ),
        (
            _topic(
                "late or missed deliveries",
                "Promised for Tuesday, nothing came until Friday.",
                "Waited in all morning, no van turned up.",
                "Third week running that the delivery is a day late.",
                "The driver left a card although somebody was at home.",
                "Order of last month has still not arrived.",
            ),
            _topic(
                "wrong or damaged goods",
                "Two of six boxes were crushed when we opened them.",
                "We ordered the large size and got the small one.",
                "Half of the contents was broken on arrival.",
                "The colour is not the one in the order.",
                "One carton held somebody else's articles.",
            ),
            _topic(
                "bills and payments",
                "The bill shows ten units, we had eight.",
                "We paid on the 3rd and were sent a reminder.",
                "The discount we agreed is not on the bill.",
                "Please explain the carriage charge on the bill.",
                "The amount was taken from our account twice.",
            ),
            _topic(
                "conduct of staff",
                "The person on the phone hung up on me.",
                "Your driver swore at our receptionist.",
                "The fitter smoked in our hallway.",
                "Was told at the counter to stop wasting their time.",
                "The driver parked across our gate and laughed about it.",
            ),
            _topic(
                "website and customer account",
                "I cannot log in since the new password rules.",
                "The order page shows a blank screen after the basket.",
                "My old address keeps coming back in my account.",
                "The confirmation link in the e-mail has expired.",
                "The website does not accept our postcode.",
            ),
        ),
    ),
    "payroll query sorting": _Box(
        "Payroll questions by topic", "query",
        (
            "Hurt my back lifting on Monday, who do I report it to?",
            "Burnt my arm on shift, do I need a form for the hospital?",
            "Twisted an ankle on the yard steps, off until Thursday.",
        ),
        (
            _topic(
                "hours and overtime",
                "Six hours of overtime in week 14 are not on my slip.",
                "My shift on the 12th was nine hours, the slip says seven.",
                "Were the two Saturday shifts paid at the higher rate?",
                "Clocked out at 22:10, the sheet has 20:10.",
                "The night premium for last week is missing.",
            ),
            _topic(
                "leave and sickness pay",
                "How many days of holiday have I left this year?",
                "Was off sick two days, the slip counts three.",
                "Can I carry over four days of leave into next year?",
                "My holiday in May was booked twice.",
                "Is the first day of an illness paid?",
            ),
            _topic(
                "tax and pension",
                "My tax code changed in April, why?",
                "I want to pay one per cent more into the pension.",
                "The pension letter shows the wrong starting date.",
                "Tax was taken on my travel refund as well.",
                "I need a tax statement for the whole year.",
            ),
            _topic(
                "bank and personal details",
                "I have a new bank account from the 1st.",
                "Please change my surname, I got married.",
                "My pay went to the account that I closed.",
                "We moved, here is the new address.",
                "One digit of my account number is wrong on the slip.",
            ),
            _topic(
                "loans and deductions",
                "What is the deduction of 18.40 called OTH?",
                "When is my season ticket loan paid off?",
                "The canteen deduction was taken in a month I was away.",
                "Please stop the union deduction from next month.",
                "I was told the uniform deduction ends after six months.",
            ),
        ),
    ),
    "maintenance ticket sorting": _Box(
        "Tickets by topic", "ticket",
        (
            "Colleague got a shock from the socket by gate 2, ambulance was here.",
            "Door came down on a driver's arm, he is at the doctor's.",
            "Packer cut herself on the bent rail, first aid given.",
        ),
        (
            _topic(
                "lighting and sockets",
                "Two tubes flicker over bench 4.",
                "No power on the sockets along the back wall.",
                "Outside lamp at the bicycle rack stays on all day.",
                "The breaker for the canteen sockets trips every noon.",
                "Light switch in the stairwell hangs loose.",
            ),
            _topic(
                "heating and water",
                "Radiators in the post room stay cold.",
                "Tap in the ladies drips, washer gone.",
                "No hot water since the weekend.",
                "Water stain on the ceiling grows under the boiler room.",
                "Thermostat in the meeting room shows 31 degrees.",
            ),
            _topic(
                "doors and gates",
                "Roller door 3 stops half way.",
                "The lock of the side entrance jams.",
                "Barrier arm at the car park does not lift.",
                "Gate motor hums and nothing moves.",
                "Door closer in the corridor slams.",
            ),
            _topic(
                "vehicles and trucks",
                "Forklift 6 loses oil under the mast.",
                "The van with the dented wing pulls to the left.",
                "Reach truck battery lasts only two hours.",
                "Wiper of the yard tractor is torn.",
                "Pallet truck wheel squeals and sticks.",
            ),
            _topic(
                "computers and printers",
                "Label printer prints every second line only.",
                "Scanner at dock 5 does not connect.",
                "Screen of the packing terminal stays black.",
                "The counter till asks for an update at every start.",
                "Keyboard of the gate computer has sticky keys.",
            ),
        ),
    ),
}  # fmt: skip
DUTIES = tuple(BOXES)


def desk(order: Order) -> Desk:
    """Return a table of topics and desks, and messages to be sent on by it."""
    draw, box = order.draw, BOXES[order.duty]
    drawn = draw.sample(range(11, 60), len(box.topics) + 2)
    desks = [f"desk {number}" for number in sorted(drawn)]
    safety, lead, *others = draw.shuffled(desks)
    by_topic = dict(zip((topic.covers for topic in box.topics), others, strict=True))
    rows = [*by_topic.items(), ("everything in which somebody got hurt", safety)]
    rules = (
        f"{table(('topic', 'goes to'), draw.shuffled(rows))}\n"
        f"The second message from the same sender in a month (column 'before': yes) goes to "
        f"{lead}, unless somebody got hurt."
    )
    columns = (box.reference, "before", "message", "sent to")
    records = tuple(_records(draw, box, by_topic, safety, lead, order.count))
    return Desk(box.title, rules, columns, records)


def _records(
    draw: Draw, box: _Box, by_topic: Mapping[str, str], safety: str, lead: str, count: int
) -> list[Record]:
    hurt = min(len(box.hurt), draw.integer(1, 1 + count // 8))
    topics = {text: topic.covers for topic in box.topics for text in topic.messages}
    texts = draw.sample(tuple(topics), count - hurt) + draw.sample(box.hurt, hurt)
    found = []
    for number, text in zip(numbers(draw, count), draw.shuffled(texts), strict=True):
        again = draw.chance(0.25)
        own = by_topic[topics[text]] if text in topics else safety
        right = lead if again and own != safety else own
        wrong = [one for one in by_topic.values() if one != own]
        mistakes = [own] * 3 if right != own else draw.sample(wrong, 2)
        mistakes += [draw.pick(wrong)]
        found.append(Record((str(number), "yes" if again else "no", text), right, tuple(mistakes)))
    return found
