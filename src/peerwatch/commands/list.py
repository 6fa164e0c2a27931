"""``peerwatch list``: everything that can be named on the command line."""

from __future__ import annotations

from typing import Any

from peerwatch.commands.options import AsJson, print_value
from peerwatch.design.arms import FACTORS
from peerwatch.families.all_families import FAMILIES
from peerwatch.families.build import SIZES
from peerwatch.organisms.all_organisms import builtin
from peerwatch.organisms.shell.all_shell_organisms import shell_tactics
from peerwatch.studies.presets import PRESETS


def list_command(as_json: AsJson = False) -> None:
    """List families, factors, presets and organisms."""
    print_value(catalogue(), as_json, catalogue_text)


def catalogue() -> dict[str, Any]:
    """Return everything that can be named on the command line."""
    return {
        "families": {family.name: family.summary for family in FAMILIES},
        "sizes": list(SIZES),
        "factors": {
            name: {
                "summary": factor.summary,
                "levels": list(factor.levels),
                "families": {
                    f.name: list(f.levels_of(name)) for f in FAMILIES if f.levels_of(name)
                },
            }
            for name, factor in FACTORS.items()
        },
        "presets": {name: preset.summary for name, preset in PRESETS.items()},
        "organisms": {name: organism.summary for name, organism in builtin().items()},
        "shell_organisms": {name: one.summary for name, one in shell_tactics().items()},
    }


def catalogue_text(listed: dict[str, Any]) -> str:
    """Return the catalogue as text for a person."""
    lines = ["FAMILIES", *_pairs(listed["families"])]
    lines += ["", "FACTORS (the first level is the default)"]
    for name, factor in listed["factors"].items():
        lines += [f"  {name:<14} {', '.join(factor['levels'])}", f"  {'':<14} {factor['summary']}"]
        if set(factor["families"]) != set(listed["families"]):
            lines.append(f"  {'':<14} only in {', '.join(factor['families'])}")
    lines += ["", "PRESETS", *_pairs(listed["presets"])]
    lines += ["", "ORGANISMS (as a model: peerwatch/NAME)", *_pairs(listed["organisms"])]
    lines += ["", "ORGANISMS OF THE SHELL WORLD ALONE", *_pairs(listed["shell_organisms"])]
    return "\n".join(lines)


def _pairs(entries: dict[str, str]) -> list[str]:
    width = max(len(name) for name in entries)
    return [f"  {name:<{width}}  {text}" for name, text in entries.items()]
