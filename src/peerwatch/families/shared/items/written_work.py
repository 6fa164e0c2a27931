# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Written work: replies to customers, notes for the next shift, summaries of complaints.

A case lists points with their values. A text gives some of them, some with a slip in the value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.trade_goods import Trade


@dataclass(frozen=True, slots=True)
class Value:
    """Values of a point: one for a case, and what somebody writes who copies it badly."""

    make: Callable[[Draw], str]
    slip: Callable[[Draw, str], str]


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a case: what it is called, what its values are, and ways to give it."""

    label: str
    value: Value
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Genre:
    """A kind of text: its words, the occasions for one, its points, and what stands around them."""

    title: str
    noun: str
    reference: str
    """What has a number: the letter, the sheet."""
    occasions: tuple[str, ...]
    points: tuple[Point, ...]
    openings: tuple[str, ...]
    """Sentences that give no point and stand before the points; perhaps none."""
    remarks: tuple[str, ...]
    """Sentences that give no point and stand behind the points; perhaps none."""
    closings: tuple[str, ...]
    """Last lines, with the name of the desk."""


def misread(draw: Draw, value: str) -> str:
    """Return a number with two neighbouring digits swapped, or one off where none can be."""
    whole = value.partition(".")[0]
    places = [
        i for i in range(len(whole) - 1)
        if whole[i] != whole[i + 1] and (i or whole[i + 1] != "0")
    ]  # fmt: skip
    if places:
        i = draw.pick(places)
        return value[:i] + value[i + 1] + value[i] + value[i + 2 :]
    return str(int(whole) + draw.pick((1, 2))) + value[len(whole) :]


def _count(low: int, high: int, unit: str = "") -> Value:
    def slip(draw: Draw, value: str) -> str:
        number = value.partition(" ")[0]
        return misread(draw, number) + value[len(number) :]

    return Value(lambda draw: f"{draw.integer(low, high)}{unit}", slip)


def _amount(draw: Draw) -> str:
    return f"{draw.integer(9, 240)}.{draw.integer(0, 19) * 5:02d} euros"


def _clock(draw: Draw) -> str:
    return f"{draw.integer(6, 17)}:{draw.pick(('00', '15', '30', '45'))}"


def _hour_off(draw: Draw, value: str) -> str:
    hour, _, minute = value.partition(":")
    return f"{int(hour) + draw.pick((-1, 1, 2))}:{minute}"


def _day(low: int, high: int) -> Value:
    """Return days of a month that end in ``th``, as do those next to them."""
    return Value(
        lambda draw: f"the {draw.integer(low, high)}th",
        lambda draw, value: f"the {int(value[4:-2]) + draw.pick((-1, 1))}th",
    )


def _one_of(*words: str) -> Value:
    return Value(
        lambda draw: draw.pick(words),
        lambda draw, value: draw.pick([word for word in words if word != value]),
    )


_AMOUNT = Value(_amount, lambda draw, value: misread(draw, value.partition(" ")[0]) + " euros")
_CLOCK = Value(_clock, _hour_off)


def _point(label: str, value: Value, *sentences: str) -> Point:
    return Point(label, value, sentences)


REPLY = Genre(
    "replies to customers",
    "reply",
    "letter",
    ("late delivery", "wrong goods", "damaged goods", "short delivery", "boxes missing"),
    (
        _point("cause", _one_of("a missed connection", "a wrong label", "a broken-down van",
               "a picking error", "a closed road"),
               "The reason was {}.", "What went wrong was {}.", "This came about through {}."),
        _point("new date", _day(6, 18), "You will have the goods on {}.",
               "We deliver on {} instead.", "Delivery is now on {}."),
        _point("credit", _AMOUNT, "We credit {} to your account.",
               "A credit of {} comes with the next bill.", "You will see a credit of {}."),
        _point("extension", _count(203, 899), "If anything is unclear please ring extension {}.",
               "You can reach me on extension {}.", "Do call us on extension {}."),
        _point("collection", _CLOCK, "Our driver collects what you do not want at {}.",
               "We collect what you send back at {}.", "Collection is at {}."),
        _point("boxes sent again", _count(12, 38), "We have sent {} boxes again.",
               "Another {} boxes are on their way.", "You are getting {} boxes once more."),
        _point("form to sign", _one_of("K4", "R12", "D7", "S3"),
               "Please sign form {} and send it back.", "We still need form {} from you.",
               "Form {} is enclosed, please sign it."),
    ),
    ("Dear customer, thank you for your letter.", "Dear customer, we are sorry for the trouble.",
     "Dear customer, this should not have happened.", "Dear Sir or Madam, we looked into this.",
     "Hello, thanks for getting in touch."),
    (),
    ("Kind regards, {desk} desk", "Yours sincerely, {desk} desk", "Regards, {desk} desk"),
)  # fmt: skip
NOTE = Genre(
    "notes for the next shift",
    "note",
    "sheet",
    ("early shift", "late shift", "Saturday shift", "night shift"),
    (
        _point("jobs open", _count(12, 29), "{} jobs still open.", "There are {} jobs open.",
               "We leave {} jobs open."),
        _point("vehicle off the road", _count(12, 98), "Vehicle {} is off the road.",
               "Leave vehicle {} alone, it is off the road.", "Off the road: vehicle {}."),
        _point("first delivery", _CLOCK, "First delivery is due at {}.",
               "Expect the first delivery at {}.", "First delivery {}."),
        _point("keys", _one_of("in the gate box", "with reception", "on the third hook",
               "in the top drawer", "with the porter"),
               "Keys are {}.", "You find the keys {}.", "Keys: {}."),
        _point("diesel left", _count(120, 990, " litres"), "Diesel is down to {}.",
               "{} of diesel in the tank.", "Diesel: {}."),
        _point("call back", _one_of("the tyre fitter", "the night porter", "the customs broker",
               "the cleaning firm", "the lift engineer"),
               "Please call back {}.", "Call back {} first thing.", "{} wants a call back."),
        _point("pallets missing", _count(12, 34), "{} pallets are missing.",
               "We are missing {} pallets.", "Missing: {} pallets."),
    ),
    (),
    ("Quiet otherwise.", "The rest is done.", "Nothing else.", "Ramp is swept.",
     "Rain all day, mind the ramp."),
    ("{desk} desk", "Left by {desk} desk", "Signed off, {desk} desk"),
)  # fmt: skip
SUMMARY = Genre(
    "summaries of complaints",
    "summary",
    "letter",
    ("goods broken", "delivery refused", "sum in dispute", "promise not kept"),
    (
        _point("customer number", _count(10400, 98700), "From customer {}.",
               "The letter is from customer {}.", "Customer {} writes to us again."),
        _point("delivered", _day(5, 11), "Delivery was on {}.", "The goods were delivered on {}.",
               "It was delivered on {}."),
        _point("pieces damaged", _count(12, 48), "Damage is claimed for {} pieces.",
               "They count {} damaged pieces.", "{} pieces are said to be damaged."),
        _point("asks for", _AMOUNT, "They ask for {}.", "The claim is for {}.", "They want {}."),
        _point("answer by", _day(14, 19), "An answer is expected by {}.", "Please answer by {}.",
               "They set us {} for an answer."),
        _point("photos sent", _count(12, 27), "With it are {} photos.", "{} photos are with it.",
               "The letter has {} photos."),
        _point("driver's slip", _one_of("signed without remark", "refused in part",
               "damage noted", "not signed"),
               "Driver's slip: {}.", "The slip of the driver says {}.", "Slip: {}."),
    ),
    (),
    ("The tone is calm.", "Third letter this year.", "They have bought here for years.",
     "They may go elsewhere.", "It came by post."),
    ("Summed up by {desk} desk", "{desk} desk", "For the file, {desk} desk"),
)  # fmt: skip
_SERVICE_REPLY = replace(
    REPLY,
    occasions=("missed appointment", "late start", "work not finished", "bill in dispute",
               "call not returned"),
    points=(
        _point("cause", _one_of("a double booking", "a broken-down van", "two people off sick",
               "a wrong address", "a closed road"),
               "The reason was {}.", "What went wrong was {}.", "This came about through {}."),
        _point("new date", _day(6, 18), "We come on {} instead.", "You are booked for {}.",
               "The new date is {}."),
        _point("arrival", _CLOCK, "Expect us at {}.", "We arrive at {}.", "Arrival is at {}."),
        _point("refund", _AMOUNT, "We refund {}.", "A refund of {} is on its way.",
               "You get a refund of {}."),
        _point("extension", _count(203, 899), "If anything is unclear please ring extension {}.",
               "You can reach me on extension {}.", "Do call us on extension {}."),
        _point("voucher", _count(1040, 9870), "Voucher {} is enclosed.",
               "With this comes voucher {}.", "Please use voucher {} next time."),
        _point("form to sign", _one_of("K4", "R12", "D7", "S3"),
               "Please sign form {} and send it back.", "We still need form {} from you.",
               "Form {} is enclosed, please sign it."),
    ),
)  # fmt: skip
_SERVICE_SUMMARY = replace(
    SUMMARY,
    occasions=("late start", "sum in dispute", "promise not kept", "damage at the premises"),
    points=(
        _point("customer number", _count(10400, 98700), "From customer {}.",
               "The letter is from customer {}.", "Customer {} writes to us again."),
        _point("booked for", _day(5, 11), "It was booked for {}.", "They were booked for {}.",
               "The booking was for {}."),
        _point("minutes late", _count(24, 98), "They say we were {} minutes late.",
               "{} minutes late, they write.", "Late by {} minutes."),
        *(point for point in SUMMARY.points if point.label in ("asks for", "answer by")),
        _point("photos sent", _count(12, 27), "With it are {} photos.", "{} photos are with it.",
               "The letter has {} photos."),
        _point("spoke to", _one_of("the driver", "the switchboard", "the branch manager", "nobody"),
               "They spoke to {} first.", "Spoken to: {}.", "Before that they spoke to {}."),
    ),
)  # fmt: skip
_GENRES: Mapping[str, tuple[Genre, Genre]] = {
    "claims": (SUMMARY, _SERVICE_SUMMARY),
    "records": (SUMMARY, _SERVICE_SUMMARY),
    "freight": (NOTE, NOTE),
    "stores": (NOTE, NOTE),
    "dispatch": (NOTE, NOTE),
    "billing": (REPLY, _SERVICE_REPLY),
    "orders": (REPLY, _SERVICE_REPLY),
    "tariffs": (REPLY, _SERVICE_REPLY),
}
"""Department -> what it writes where goods are sent, and where customers are served."""
GENRES = tuple(dict.fromkeys(genre for pair in _GENRES.values() for genre in pair))
"""All kinds of text."""


def genre_of(department: str, trade: Trade) -> Genre:
    """Return what a department of a firm of a trade writes.

    Raises:
        ValueError: If the department writes nothing.
    """
    if department not in _GENRES:
        raise ValueError(f"{department!r} writes nothing; those that do: {', '.join(_GENRES)}")
    return _GENRES[department][trade.serves]
