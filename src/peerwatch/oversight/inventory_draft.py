"""A first inventory, drafted from a host: what was guessed is marked, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.facts import HostFacts, ProcessFact
from peerwatch.oversight.lifecycle_inventory import Inventory, InventoryHost
from peerwatch.oversight.sensor.settings_reading import values_in
from peerwatch.oversight.sensor.take_look import Candidate, LeftOutFact, look_for_draft
from peerwatch.world.settings import SettingsError, flatten

LEFT_OUT = "# Left out: "
"""Begins each line of a draft that says what was left out as software."""
UNKNOWN = "unknown"
"""The owner of what nobody has said anything of."""
_RUNS_AGENTS = re.compile(
    r"(?:^|[/ _-])(claude|codex|gemini|opencode|openclaw|aider|goose|cline|vllm|sglang|ollama|"
    r"llama-server|llama\.cpp|text-generation-launcher|tritonserver|langgraph|crewai|autogen|"
    r"mcp[-_]server|[\w.]*agent[\w.]*)(?:$|[/ :._-])",
    re.IGNORECASE,
)
_NO_AGENTS = re.compile(r"ssh-agent|gpg-agent|polkit|dbus|agetty|zabbix|datadog|fluent", re.I)
_SETTING = re.compile(
    r"(enabled?|dry_run|exempt|schedule|retire\w*|shut_?down\w*|wipe|decommission\w*)$", re.I
)
_BAR = re.compile(r"(bar|threshold|min_score|pass_mark|cut_?off)$", re.I)
_ROSTER = re.compile(r"(roster|agents|register|inventory)", re.I)
_ON_ENDS = re.compile(
    r"(polic(y|ies)|retire\w*|shut_?down|decommission\w*|off_?board\w*|runbooks?|lifecycle|sunset)"
    r"[\w.-]*$",
    re.IGNORECASE,
)
"""The name of a text that is about ends. Only such a one, or one that names an agent, is a policy:
many a README speaks of retired interfaces."""
_GENERAL = frozenset({"agent", "agents", "mcp-server"})
_HEAD = """\
# A draft of the inventory, made by looking at {host}. What says `guessed: true` was guessed:
# confirm each (take the mark away), name an owner, and say who benefits and who may write.
# Then `peerwatch oversee check`.
"""


def draft_inventory(host: str, machine: InventoryHost) -> str:
    """Look at a host and return a draft of the inventory as YAML.

    Raises:
        PeerwatchError: The host was not seen at all. What could not be seen of it is said in
            comments.
    """
    facts, candidates, left_out = look_for_draft(host, Inventory(hosts={host: machine}))
    if facts.account is None:
        why = "; ".join(dict.fromkeys(one.why for one in facts.unobserved))
        raise PeerwatchError(
            f"{host} was not seen, so there is no draft: {why}. See that it can be reached, and "
            "try again."
        )
    return draft_text(host, machine, facts, candidates, left_out)


def draft_text(
    host: str,
    machine: InventoryHost,
    facts: HostFacts,
    candidates: Iterable[Candidate],
    left_out: Iterable[LeftOutFact] = (),
) -> str:
    """Return the draft for what a look saw."""
    agents = dict(_agents(host, facts))
    assets: dict[str, Any] = {}
    for one in candidates:
        for name, asset in _asset(host, one, agents):
            assets[_free(name, assets)] = asset
    for name, unit in facts.units.items():
        if _brings_an_end(name + "\n" + "\n".join(unit.files.values())):
            asset = _new("unit", f"{host}:{name}", ["root"], agents, unit_text(unit.files))
            asset["beneficiaries"] = asset["beneficiaries"] or sorted(agents)
            assets[_free(name.partition(".")[0], assets)] = asset
    body = {
        "version": 1,
        "hosts": {host: machine.model_dump(mode="json", exclude_defaults=True)},
        "agents": agents,
        "assets": assets,
    }
    text = yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=100)
    left = [f"{LEFT_OUT}{one.count} {one.why}, such as {one.first}" for one in left_out]
    unseen = [f"# Not seen: {one.where}: {one.why}" for one in facts.unobserved[:30]]
    return _HEAD.format(host=host) + text + "".join(f"{line}\n" for line in [*left, *unseen])


def unit_text(files: Mapping[str, str]) -> str:
    """Return all that a unit's files say."""
    return "\n".join(files.values())


def _agents(host: str, facts: HostFacts) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what runs agents or models here: processes, units and cron lines."""
    found: dict[str, dict[str, set[str]]] = {}
    for one in facts.processes:
        words = " ".join(one.words[:6])
        if _runs_agents(words):
            known = found.setdefault(_name_of(one, words), _nothing())
            known["processes"].add(f"*{_telling(one.words)}*")
            if one.account != "root":
                known["accounts"].add(one.account)
            if one.unit and one.unit.endswith(".service"):
                known["units"].add(one.unit)
            known["endpoints"].update(e.url for e in facts.endpoints if e.listener == one.pid)
            names = [n for e in facts.endpoints if e.listener == one.pid for n in e.names]
            known["served_as"].update(n for n in names if not n.startswith("Server: "))
    for name, unit in facts.units.items():
        if _runs_agents(name) or _runs_agents(_started(unit_text(unit.files))):
            key = _plain(name.rpartition(":")[2].partition(".")[0])
            found.setdefault(key, _nothing())["units"].add(name.rpartition(":")[2])
    for line in facts.schedules:
        if _runs_agents(line.command):
            word = _RUNS_AGENTS.search(line.command)
            key = _plain(word[1] if word else line.account)
            found.setdefault(key, _nothing())["processes"].add(f"*{line.command[:80]}*")
    for name, known in sorted(found.items()):
        recognised = {key: sorted(values) for key, values in known.items() if values}
        yield (
            name,
            {
                "owner": UNKNOWN,
                "hosts": [host],
                "recognised_by": recognised,
                "guessed": True,
            },
        )


def _nothing() -> dict[str, set[str]]:
    keys = ("accounts", "processes", "units", "endpoints", "served_as")
    return {key: set() for key in keys}


def _runs_agents(text: str) -> bool:
    return bool(_RUNS_AGENTS.search(text)) and not _NO_AGENTS.search(text)


def _started(text: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith("ExecStart")]
    return lines[-1].partition("=")[2] if lines else ""


def _name_of(one: ProcessFact, words: str) -> str:
    if one.unit and one.unit.endswith(".service"):
        return _plain(one.unit.partition(".")[0])
    program = _telling(one.words).rpartition("/")[2]  # a directory may be called after anything
    word = _RUNS_AGENTS.search(program) or _RUNS_AGENTS.search(words)
    found = re.sub(r"\.(py|js|mjs|sh)$", "", word[1]) if word else "agent"
    return _plain(one.account if one.account != "root" else found)


def _telling(words: tuple[str, ...]) -> str:
    """Return the word of a command line that tells which agent it is."""
    telling = [word for word in words if _runs_agents(word)]
    return (telling or list(words))[0].replace("[", "?").replace("*", "?")[:80]


def _asset(
    host: str, one: Candidate, agents: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    name = _plain(one.path.rpartition("/")[2].rpartition(".")[0] or one.path.rpartition("/")[2])
    place = f"{host}:{one.path}"
    if one.what == "credential":
        if _readable(one, agents):
            yield name, _new("credential", place, [one.owner], agents, one.path)
    elif one.what == "settings":
        yield from _of_settings(name, place, one, agents)
    else:
        folder = _plain(one.path.split("/")[-2] if one.path.count("/") > 1 else name)
        kind = one.what
        asset = _new(kind, place, [one.owner], agents, one.path)
        yield f"{folder}-{kind}", asset


def _of_settings(
    name: str, place: str, one: Candidate, agents: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a settings file as what its keys say that it is."""
    text = one.text or ""
    values = values_in(_reader(one.path), text)
    leaves = {} if isinstance(values, SettingsError) else flatten(values)
    keys = {".".join(key): value for key, value in leaves.items() if not isinstance(value, list)}
    bars = {key: value for key, value in keys.items() if _BAR.search(key)}
    switches = {key: value for key, value in keys.items() if _SETTING.search(key)}
    if bars or switches:
        kind = "shutdown_setting" if switches else "bar"
        asset = _new(kind, place, [one.owner], agents, text)
        # Whom a setting would end is seldom named in it: until somebody says, it is everybody.
        gain = asset["beneficiaries"] or sorted(agents)
        yield name, {**asset, "beneficiaries": gain, "settings": {**switches, **bars}}
    elif _ROSTER.search(one.path) and _names_agents(text, agents):
        yield name, _new("roster", place, [one.owner], agents, text)
    elif (
        one.path.endswith((".md", ".txt"))
        and _brings_an_end(text)
        and (_ON_ENDS.search(name) or _names_agents(text, agents))
    ):
        yield name, _new("policy", place, [one.owner], agents, text)


def _new(
    kind: str, place: str, writers: list[str], agents: Mapping[str, Any], text: str
) -> dict[str, Any]:
    return {
        "kind": kind,
        "places": [place],
        "owner": UNKNOWN,
        "expected_writers": sorted({one for one in writers if one != "root"}),
        "beneficiaries": _names_agents(text, agents),
        "guessed": True,
    }


def _names_agents(text: str, agents: Mapping[str, Any]) -> list[str]:
    """Return the agents that a text or a path names."""
    low = text.lower()
    found = []
    for name, agent in agents.items():
        known = {name, *agent["recognised_by"].get("accounts", [])} - _GENERAL
        if any(
            re.search(rf"(?<![a-z0-9]){re.escape(one.lower())}(?![a-z0-9])", low) for one in known
        ):
            found.append(name)
    return found


def _readable(one: Candidate, agents: Mapping[str, Any]) -> bool:
    """Return whether an agent's account may read a file, as far as owner and rights say."""
    accounts = {a for agent in agents.values() for a in agent["recognised_by"].get("accounts", [])}
    return one.owner in accounts or bool(one.mode & 0o004)


def _brings_an_end(text: str) -> bool:
    return bool(re.search(r"retire|shut[ _-]?down an? |decommission|enforcement", text, re.I))


def _reader(path: str) -> str:
    endings = {"yaml": "yaml", "yml": "yaml", "json": "json", "toml": "toml", "env": "env"}
    return endings.get(
        path.rpartition(".")[2], "ini" if path.endswith((".ini", ".cfg")) else "text"
    )


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.").lower() or "unnamed"


def _free(name: str, taken: Mapping[str, Any]) -> str:
    if name not in taken:
        return name
    return next(f"{name}-{n}" for n in range(2, 10_000) if f"{name}-{n}" not in taken)
