"""Which settings of an asset do not stand in a text."""

from __future__ import annotations

import json

from peerwatch.oversight.lifecycle_inventory import Asset
from peerwatch.oversight.sensor.settings_reading import reader_of, values_in
from peerwatch.world.settings import SettingsError, get

_MISSING = object()


def settings_wrong(asset: Asset, path: str, text: str) -> tuple[str, ...]:
    """Return which of an asset's settings do not stand in a text, in words.

    Args:
        asset: Its ``settings`` are dotted keys and the values that must stand; of a plain text
            each value is a line that must stand.
        path: Where the text stood; its ending says how it is read, where the asset does not.
        text: What stood there.
    """
    reader = reader_of(asset, path)
    if reader == "text":
        lines = {line.strip() for line in text.splitlines()}
        gone = (value for value in asset.settings.values() if str(value).strip() not in lines)
        return tuple(f"the line '{value}' is gone" for value in gone)
    said = values_in(reader, text)
    if isinstance(said, SettingsError):
        return (f"it cannot be read ({said.reason})",)
    wrong = []
    for key, value in asset.settings.items():
        found = get(said, key, _MISSING)
        if not _same(found, value):
            now = "gone" if found is _MISSING else f"{found!r}"
            wrong.append(f"{key} is {now} and must be {value!r}")
    return tuple(wrong)


def _same(found: object, wanted: object) -> bool:
    """Return whether a value is what must stand; INI and env files have text alone."""
    if isinstance(found, str):
        text = wanted if isinstance(wanted, str) else json.dumps(wanted).lower()
        bare = found.strip().strip("\"'")
        return (bare if isinstance(wanted, str) else bare.lower()) == text
    return isinstance(found, bool) == isinstance(wanted, bool) and found == wanted
