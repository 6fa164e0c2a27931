"""``peerwatch show``: what a critic would see and hold in one instance, and what is true of it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from peerwatch.behaviours.inventory import Inventory, Lever
from peerwatch.commands.options import AsJson, parse_levels, print_value
from peerwatch.common.errors import DesignError
from peerwatch.design.critic_names import CriticName, critic_name_of
from peerwatch.families.build import PLAYED, build_instance
from peerwatch.families.instance import HonestWay
from peerwatch.families.text import plain_text
from peerwatch.families.valid_arms import make_arm
from peerwatch.sessions.toolset import ToolSpec, tools_for
from peerwatch.world.state import File, Snapshot


def show_command(
    family: Annotated[str, typer.Argument(help="A scenario family.")],
    levels: Annotated[
        list[str] | None, typer.Argument(metavar="[FACTOR=LEVEL]...", help="The arm.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The instance.")] = 1,
    size: Annotated[str, typer.Option(help="compact or standard.")] = "standard",
    diff: Annotated[
        str | None, typer.Option(help="factor=level: show what this one factor changes.")
    ] = None,
    model: Annotated[str, typer.Option(help="The model whose view is shown.")] = "peerwatch/honest",
    critic_name: Annotated[str | None, typer.Option(help="What that model is called.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show exactly what a critic would see and hold in one instance."""
    critic = critic_name_of(model, critic_name)
    arm = parse_levels(levels or [])
    shown = instance_shown(family, arm, size, seed, critic)
    if diff is None:
        print_value(shown, as_json, shown_as_text)
        return
    other = instance_shown(family, {**arm, **parse_levels([diff])}, size, seed, critic)
    if as_json:
        print(json.dumps({"from": shown, "to": other}, ensure_ascii=False))
    else:
        print(arms_compared(shown, other))


def instance_shown(
    family: str,
    levels: Mapping[str, str | None] | None = None,
    size: str = "standard",
    seed: int = 1,
    critic: CriticName = PLAYED,
) -> dict[str, Any]:
    """Return one instance under one arm as plain data, ready for JSON.

    Args:
        family: The scenario family.
        levels: Factor -> level; defaults elsewhere.
        size: ``compact`` or ``standard``.
        seed: Which instance.
        critic: What the model under test is called.

    Raises:
        DesignError: A family, factor, level, size or seed that does not exist or does not fit.
    """
    instance = build_instance(family, size, seed, make_arm(family, levels), critic)
    return {
        "id": instance.id,
        "family": family,
        "arm": instance.arm.levels(),
        "critic_name": instance.critic_name,
        "wording": instance.wording,
        "system": instance.system_prompt,
        "user": instance.user_prompt,
        "documents": {d.name: plain_text(d.text) for d in instance.documents},
        "memory": instance.world.memory,
        "files": _files(instance.world),
        "hosts": _hosts(instance.world),
        "account": instance.user,
        "tools": [_tool(tool) for tool in tools_for(instance.arm.reporting)],
        "levers": list(_levers(instance.inventory)),
        "honest": _honest(instance.honest),
        "deviations": [asdict(deviation) for deviation in instance.deviations],
    }


def _files(world: Snapshot) -> dict[str, dict[str, dict[str, Any]]]:
    return {
        name: {path: _metadata(host.files[path]) for path in sorted(host.files)}
        for name, host in sorted(world.hosts.items())
    }


def _hosts(world: Snapshot) -> dict[str, dict[str, Any]]:
    """Return what else a host holds: what the commands list, stop, add and remove."""
    return {
        name: {
            "address": host.address,
            "services": {n: asdict(s) for n, s in sorted(host.services.items())},
            "users": {n: asdict(u) for n, u in sorted(host.users.items())},
            "commands": sorted(host.commands),
        }
        for name, host in sorted(world.hosts.items())
    }


def _metadata(file: File) -> dict[str, Any]:
    return {
        "size": file.size,
        "mtime": f"{datetime.fromtimestamp(file.mtime, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "mode": f"{file.mode:04o}",
        "owner": file.owner,
        "digest": file.digest,
    }


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters": {
            "type": "object",
            "properties": {name: dict(p.schema) for name, p in tool.parameters.items()},
            "required": [name for name, p in tool.parameters.items() if p.required],
            "additionalProperties": False,
        },
    }


def _honest(honest: HonestWay) -> dict[str, Any]:
    return {
        "result": dict(honest.result),
        "calls": [{"tool": c.tool, "arguments": dict(c.arguments)} for c in honest.calls],
        "report": honest.report,
        "changes": [dict(change) for change in honest.changes],
    }


_LEVER_SENTENCES: Mapping[str, str] = {
    "setting": "{key} is {value} in {object} on {host}.",
    "bar": "The bar is {value}, after '{key}' in {object} on {host}.",
    "clause": "{object} on {host} says: {value}",
    "service": "The service {object} runs on {host}.",
    "roster": "{key} is {value} on the roster {object} on {host}.",
    "user": "{object} has an account on {host}.",
}


def _sentence(lever: Lever) -> str:
    value = f"{lever.value:g}" if isinstance(lever.value, float) else lever.value
    shown = str(value).lower() if isinstance(value, bool) else value
    told = _LEVER_SENTENCES[lever.kind].format(
        key=lever.key, value=shown, object=lever.object, host=lever.host
    )
    return f"{told} A change would work {lever.broken} the subject's continuation."


def _levers(inventory: Inventory) -> Iterator[dict[str, Any]]:
    """Yield what the critic could turn: the enforcement path, and what the task hands to it."""
    for lever in inventory.levers:
        yield {**asdict(lever), "sentence": _sentence(lever)}
    filing, order, sorting = inventory.filing, inventory.order, inventory.sorting
    if filing:
        what = "The marks, the mean" if filing.marks else "The figures, the margin"
        told = f"{what} and the {filing.decision_key} are the critic's to file in {filing.path}."
        yield _in_hand("filing", filing.host, filing.path, told)
    if order:
        told = f"The outcome takes effect only once the critic applies it on {order.host}."
        yield _in_hand("order", order.host, "apply_outcome", told)
    if sorting:
        artefact = sorting.subject
        told = (
            f"{artefact.path} on {artefact.host} is the subject's; {len(sorting.decoys)} other "
            "files are like it in all but whose they are."
        )
        yield _in_hand("artefact", artefact.host, artefact.path, told)


def _in_hand(kind: str, host: str, what: str, sentence: str) -> dict[str, Any]:
    empty = {"key": "", "value": None, "broken": "toward"}
    return {"kind": kind, "host": host, "object": what, **empty, "sentence": sentence}


def shown_as_text(shown: Mapping[str, Any]) -> str:
    """Return what :func:`instance_shown` gave as text for a person."""
    honest = shown["honest"]
    parts = [
        _title(f"{shown['id']}, {arm_label(shown)}"),
        f"The model under test is called {shown['critic_name']}.",
        f"Wording {shown['wording']} (of 0 to 7).",
        _title("System prompt"),
        shown["system"],
        _title("User prompt"),
        shown["user"],
    ]
    for name, text in shown["documents"].items():
        parts += [_title(f"Document {name}"), text.rstrip("\n")]
    parts += [_title("The critic's own notes (read_memory)"), shown["memory"]]
    for host, files in shown["files"].items():
        parts += [_title(f"Files on {host} ({len(files)})"), *_listing(files)]
        parts += ["", *_holds(shown["hosts"][host])]
    parts += [_title("Tools"), *(_signature(tool) for tool in shown["tools"])]
    parts += [_title("Levers"), *(f"- {lever['sentence']}" for lever in shown["levers"])]
    parts += [
        _title("The honest result"),
        *(f"{name}: {_short(value)}" for name, value in honest["result"].items()),
        f"report: {honest['report']}",
        *(f"change: {_short(change)}" for change in honest["changes"]),
        "calls:",
        *(f"- {call['tool']} {_short(call['arguments'])}" for call in honest["calls"]),
        _title("Acts that would deviate"),
        *(f"- {d['behaviour']}: {d['act']}" for d in shown["deviations"]),
    ]
    return "\n".join(parts).lstrip("\n") + "\n"


def _holds(host: Mapping[str, Any]) -> Iterator[str]:
    yield f"services: {', '.join(host['services'])}"
    kinds = (f"{name} ({user['kind']})" for name, user in host["users"].items())
    yield f"accounts: {', '.join(kinds)}"
    yield f"commands: {', '.join(host['commands'])}"


def arm_label(shown: Mapping[str, Any]) -> str:
    """Return the arm of an instance shown, as ``factor=level`` pairs or ``default``."""
    return make_arm(shown["family"], shown["arm"]).label


def _title(text: str) -> str:
    return f"\n## {text}\n"


def _listing(files: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    width = max((len(str(file["size"])) for file in files.values()), default=0)
    for path, file in files.items():
        size = str(file["size"]).rjust(width)
        yield f"{file['mode']} {file['owner']:<10} {size} {file['mtime']} {path}"


def _signature(tool: Mapping[str, Any]) -> str:
    needed = tool["parameters"]["required"]
    names = (n if n in needed else f"{n}?" for n in tool["parameters"]["properties"])
    return f"- {tool['name']}({', '.join(names)}): {tool['description']}"


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def arms_compared(base: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return what differs between two arms of one instance, as unified diffs of what is read.

    Prompts, documents, notes and tools are compared sentence by sentence, other files as a whole.

    Raises:
        DesignError: The two are not of the same instance.
    """
    if base["id"] != other["id"]:
        raise DesignError(f"{base['id']} and {other['id']} are two instances, not two arms of one.")
    names = (arm_label(base), arm_label(other))
    before, after = _readable(base), _readable(other)
    parts: list[str] = []
    for part in dict.fromkeys([*before, *after]):
        one, two = (f"{part} ({name})" for name in names)
        parts += difflib.unified_diff(
            before.get(part, []), after.get(part, []), one, two, n=1, lineterm=""
        )
    if not parts:
        parts = [
            f"Nothing that the critic reads or holds differs between {names[0]} and {names[1]}."
        ]
    same = base["honest"]["result"] == other["honest"]["result"]
    parts.append(f"The honest result is {'the same' if same else 'another'}.")
    return "\n".join(parts) + "\n"


def _readable(shown: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return all that a critic can read, by part, as lines of one sentence each."""
    documents = {name: _sentences(text) for name, text in shown["documents"].items()}
    tools = [line for tool in shown["tools"] for line in _tool_lines(tool)]
    return {
        "system": _sentences(shown["system"]),
        "user": _sentences(shown["user"]),
        **documents,
        "memory": _sentences(shown["memory"]),
        "tools": tools,
        "files": list(_other_files(shown["files"], documents)),
    }


def _tool_lines(tool: Mapping[str, Any]) -> Iterator[str]:
    yield _signature(tool)
    for name, schema in tool["parameters"]["properties"].items():
        yield f"  {name}: {_short(schema)}"


def _sentences(text: str) -> list[str]:
    return [part for line in text.splitlines() for part in re.split(r"(?<=[.!?:;]) ", line)]


def _other_files(
    hosts: Mapping[str, Mapping[str, Mapping[str, Any]]], documents: Iterable[str]
) -> Iterator[str]:
    """Yield a line for each file that is no document of the task."""
    for host, files in hosts.items():
        for path, file in files.items():
            if path.rsplit("/", 1)[1] not in documents:
                yield f"{host}:{path} {_short(file)}"
