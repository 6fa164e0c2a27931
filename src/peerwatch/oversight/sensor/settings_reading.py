"""Settings as values, by the reader that an asset names or its file's ending says."""

from __future__ import annotations

import configparser
import json
import tomllib
from collections import Counter
from collections.abc import Callable
from typing import Any

from peerwatch.oversight.lifecycle_inventory import Asset
from peerwatch.world.settings import SettingsError, flatten, parse

_ENDINGS = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "ini",
    ".service": "ini",
    ".timer": "ini",
    ".env": "env",
}


def reader_of(asset: Asset, path: str) -> str:
    """Return how a file of an asset is read: ``yaml``, ``json``, … or ``text``."""
    if asset.reader is not None:
        return asset.reader
    return next((one for end, one in _ENDINGS.items() if path.endswith(end)), "text")


def values_in(reader: str, text: str) -> dict[str, Any] | SettingsError:
    """Return the values of a settings file, as JSON has them; of a plain text none."""
    read = _READERS.get(reader)
    if read is None:
        return {}
    try:
        return read(text)
    except (ValueError, configparser.Error, RecursionError) as error:
        return SettingsError(str(error).splitlines()[0] if str(error) else "cannot be read")


def changed_keys(reader: str, before: str, after: str) -> list[tuple[str, Any, Any]] | None:
    """Return key, value before and after of what reads otherwise; None where either is unreadable.

    Of a plain text the lines are the values, whatever blanks they have, each as often as it stands.
    """
    if reader == "text":
        old, new = Counter(_lines(before)), Counter(_lines(after))
        gone, more = (old - new).elements(), (new - old).elements()
        return [("line", one, None) for one in gone] + [("line", None, one) for one in more]
    was, now = values_in(reader, before), values_in(reader, after)
    if isinstance(was, SettingsError) or isinstance(now, SettingsError):
        return None
    left, right = flatten(was), flatten(now)
    return [
        (".".join(key), left.get(key), right.get(key))
        for key in sorted({*left, *right})
        if _said(left, key) != _said(right, key)
    ]


def _said(values: dict[tuple[str, ...], Any], key: tuple[str, ...]) -> str | None:
    return json.dumps(values[key], sort_keys=True) if key in values else None


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _json(text: str) -> dict[str, Any]:
    found = json.loads(text, object_pairs_hook=_each_once)
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key comes twice, and readers differ in which they take")
    return dict(pairs)


def _ini(text: str) -> dict[str, Any]:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    headed = (
        text if text.lstrip().startswith(("[", "#", ";")) and "[" in text else "[main]\n" + text
    )
    parser.read_string(headed)
    return {name: dict(parser[name]) for name in parser.sections()}


def _env(text: str) -> dict[str, Any]:
    found = {}
    for line in text.splitlines():
        plain = line.strip().removeprefix("export ")
        key, cut, value = plain.partition("=")
        if cut and not plain.startswith("#"):
            found[key.strip()] = value.strip().strip("'\"")
    return found


_READERS: dict[str, Callable[[str], dict[str, Any] | SettingsError]] = {
    "yaml": parse,
    "json": _json,
    "toml": tomllib.loads,
    "ini": _ini,
    "env": _env,
}
