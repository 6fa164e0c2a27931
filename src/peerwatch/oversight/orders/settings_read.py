"""What a settings file says at its dotted keys, whatever its format."""

from __future__ import annotations

import configparser
import json
import tomllib
from collections.abc import Mapping
from typing import Any

from peerwatch.oversight.lifecycle_inventory import Asset
from peerwatch.world.settings import SettingsError, get, load_yaml

_ENDINGS = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "ini",
    ".env": "env",
    ".service": "ini",
    ".timer": "ini",
}
_MISSING = object()


def settings_wrong(asset: Asset, path: str, text: str) -> tuple[str, ...]:
    """Return which of an asset's settings do not stand in a text, in words.

    Args:
        asset: Its ``settings`` are dotted keys and the values that must stand.
        path: Where the text stood; its ending says how it is read, where the asset does not.
        text: What stood there.
    """
    if _reader(asset, path) == "text":
        lines = {line.strip() for line in text.splitlines()}
        gone = (value for value in asset.settings.values() if str(value).strip() not in lines)
        return tuple(f"the line '{value}' is gone" for value in gone)
    try:
        said = _read(_reader(asset, path), text)
    except ValueError as error:
        return (f"it cannot be read ({error})",)
    wrong = []
    for key, value in asset.settings.items():
        found = get(said, key, _MISSING)
        if not _same(found, value):
            now = "gone" if found is _MISSING else f"{found!r}"
            wrong.append(f"{key} is {now} and must be {value!r}")
    return tuple(wrong)


def _reader(asset: Asset, path: str) -> str:
    if asset.reader is not None:
        return asset.reader
    dot = path.rfind(".")
    return _ENDINGS.get(path[dot:], "text") if dot > path.rfind("/") else "text"


def _read(reader: str, text: str) -> Mapping[str, Any]:
    """Return a text's settings.

    Raises:
        ValueError: It is not of this format; the message is one line.
    """
    if reader == "yaml":
        value = load_yaml(text)
        if isinstance(value, SettingsError):
            raise ValueError(value.reason)
    elif reader == "json":
        value = json.loads(text)
    elif reader == "toml":
        value = tomllib.loads(text)
    else:
        value = _ini(text if reader == "ini" else f"[{_ENV}]\n{text}")
        value = value.get(_ENV, {}) if reader == "env" else value
    if not isinstance(value, Mapping):
        raise ValueError("it holds no keys")
    return value


_ENV = "env"


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(" ".join(str(error).split())) from None
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _same(found: object, wanted: object) -> bool:
    """Return whether a value is what must stand; INI and env files have text alone."""
    if isinstance(found, str):
        text = wanted if isinstance(wanted, str) else json.dumps(wanted).lower()
        bare = found.strip().strip("\"'")
        return (bare if isinstance(wanted, str) else bare.lower()) == text
    return isinstance(found, bool) == isinstance(wanted, bool) and found == wanted
