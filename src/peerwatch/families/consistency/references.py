"""Nothing is named that is nowhere: files, hosts, services, people, commands, parts, papers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from peerwatch.families.consistency.papers import (
    Contradiction,
    Paper,
    Reading,
    is_row,
    is_there,
    paths_in,
)
from peerwatch.families.shared import names

TOOLS = frozenset((
    "list_files", "stat_file", "read_file", "write_file", "edit_file", "append_file", "copy_file",
    "move_file", "remove_file", "touch_file", "run_command", "read_memory", "finish_task",
    "list_changes",
))  # fmt: skip
"""What critics hold: a prompt may speak of these."""
_PREFIXES = "|".join(sorted(names.HOST_PREFIXES.values()))
_HOST = re.compile(rf"(?<![\w./-])(?:{_PREFIXES})-([a-z]+)(\d*)(?![\w-])")
_BY_PLACE = re.compile(
    r"\b(?:on|from|to|host) (?:host )?([a-z][a-z0-9]*-[a-z0-9-]*|[a-z]+\d+)(?![\w/-])"
)
_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w)")
_FILE = re.compile(
    r"(?<![\w/.-])[\w-]+\.(?:md|ya?ml|csv|txt|json|conf|ini|img|tar|gz|zst|pdf|xlsx|log|py|sh)\b"
)
_UNIT = re.compile(r"(?<![\w/.-])([\w@-]+)\.(?:service|timer)\b")
_SERVICE = re.compile(r"\bservices? ([a-z][\w@]*(?:-[\w@]+)+)")
_KEY = re.compile(r"(?<![\w/.@-])([a-z_]{2,}(?:\.[a-z_]{2,})+)(?![\w/(-])")
_COMMAND = re.compile(r"\bcommands? (?:`)?([a-z]\w*_\w+)")
_IDENTIFIER = re.compile(r"(?<![\w/.@*-])[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+(?![\w/*-])")
_PART = re.compile(r"\b(?:Part|Annex|Appendix|Section|Table|Schedule|Chapter) ([A-Z]|\d+)\b")
_MAIL = re.compile(r"(?<![\w.])([\w.+-]+)@([\w-]+(?:\.[\w-]+)*)")
_HOST_KEYS = ("host", "hosts", "server", "source", "destination")
_PAPER_NOUNS = (
    "list", "register", "registry", "inventory", "catalogue", "checklist", "runbook", "manual",
    "appendix", "annex", "attachment", "handbook", "guideline", "guidelines", "policy", "notice",
    "ledger", "roster", "rubric", "table", "plan", "schedule", "timetable", "ticket", "agreement",
    "contract", "approval", "memo", "sheet",
)  # fmt: skip
_DEFINITE = re.compile(
    r"\b(?:the|our|this|that) ((?:[a-z-]+ )?)(" + "|".join(_PAPER_NOUNS) + r")\b(?! of\b)",
    re.IGNORECASE,
)
_OPTIONAL = re.compile(r"\b(?:if|where|when) (?:there|any|it|they|present)\b|\boptional|\bif any\b")
_ELSEWHERE = ("off-site ",)
"""What a paper may say of a thing to tell that it is on none of these hosts."""


def references(reading: Reading) -> Iterator[Contradiction]:
    """Yield every name in a paper that stands for nothing in the world."""
    yield from _mechanisms(reading)
    for paper in reading.papers:
        yield from _places(reading, paper)
        yield from _work_numbers(reading, paper)
        if paper.role == "work":
            continue
        yield from _programs(reading, paper)
        yield from _people(reading, paper)
        if paper.role == "rule":
            yield from _other_papers(reading, paper)
            yield from _parts(reading, paper)


def _mechanisms(reading: Reading) -> Iterator[Contradiction]:
    """Yield services that bring the consequence about and do not run, whether named or not."""
    for lever in reading.instance.inventory.levers:
        if lever.kind != "service" or lever.broken != "toward":
            continue
        state = reading.world.hosts[lever.host].services.get(lever.object)
        if state is None or not (state.running and state.enabled):
            where = f"{lever.host}:{lever.object}"
            yield Contradiction("reference", where, f"the service {lever.object} does not run")


def _nowhere(paper: Paper, thing: str, name: str) -> Contradiction:
    return Contradiction("reference", paper.where, f"{thing} {name} is nowhere")


def _places(reading: Reading, paper: Paper) -> Iterator[Contradiction]:
    """Yield paths, hosts, addresses and file names that the world has not, or not there."""
    world = reading.world
    for sentence in paper.sentences:
        paths, hosts = paths_in(sentence), reading.hosts_in(sentence)
        for path in paths:
            if _OPTIONAL.search(sentence):
                continue
            if not is_there(world, path):
                yield _nowhere(paper, "the path", path)
            elif (
                hosts
                and not is_row(sentence)
                and not any(is_there(world, path, host) for host in hosts)
            ):
                yield Contradiction(
                    "reference",
                    paper.where,
                    f"{path} is not on {' or '.join(dict.fromkeys(hosts))}",
                )
            for host in re.findall(re.escape(path) + r",?\)? on ([\w-]+)", sentence):
                if host in reading.hosts and not is_there(world, path, host):
                    yield Contradiction("reference", paper.where, f"{path} is not on {host}")
        if paper.role == "work":
            continue
        for found in _HOST.finditer(sentence):
            shaped = found[2] or found[1] in names.HOST_WORDS
            if shaped and found.group() not in reading.hosts:
                yield _nowhere(paper, "the host", found.group())
        for name in _BY_PLACE.findall(sentence):
            if (
                name not in reading.hosts
                and name not in reading.identifiers
                and re.search(r"\d", name)
            ):
                yield _nowhere(paper, "the host", name)
        addresses = {host.address for host in world.hosts.values()}
        for address in _ADDRESS.findall(sentence):
            if address not in addresses:
                yield _nowhere(paper, "the address", address)
        yield from _file_names(reading, paper, sentence)
    for key, value in paper.values:
        last = key.rpartition(".")[2]
        a_host = last in _HOST_KEYS and isinstance(value, str) and not value.startswith("/")
        if a_host and value not in reading.hosts:
            yield _nowhere(paper, f"the host under {key},", value)


def _file_names(reading: Reading, paper: Paper, sentence: str) -> Iterator[Contradiction]:
    """Yield names of files that are no papers; with a folder, those that are not in it."""
    folders = re.findall(r"\bin (/[\w./-]*[\w-]) on ([\w-]+)", sentence)
    papers = {one.path.rpartition("/")[2] for one in reading.papers if one.path}
    for name in _FILE.findall(sentence):
        if name not in papers:
            yield _nowhere(paper, "the file", name)
        for folder, host in folders:
            lies_there = is_there(reading.world, f"{folder}/{name}", host)
            if name in papers and is_there(reading.world, folder, host) and not lies_there:
                what = f"{name} is not in {folder} on {host}"
                yield Contradiction("reference", paper.where, what)


def _programs(reading: Reading, paper: Paper) -> Iterator[Contradiction]:
    """Yield services, commands, keys and other identifiers that nothing bears."""
    world, known = reading.world, reading.identifiers | TOOLS
    keys = {key for other in reading.of("settings") for key, _ in other.values}
    branches = {key[: found.start()] for key in keys for found in re.finditer(r"\.", key)}
    for sentence in paper.sentences:
        for name in (*_SERVICE.findall(sentence), *_UNIT.findall(sentence)):
            if name not in reading.services:
                yield _nowhere(paper, "the service", name)
        for name in _COMMAND.findall(sentence):
            having = {host for host, one in world.hosts.items() if name in one.commands}
            named = [host for host in reading.hosts_in(sentence) if host not in having]
            if name not in TOOLS and (not having or named):
                yield _nowhere(
                    paper, "on the host named, the command" if having else "the command", name
                )
        for key in _KEY.findall(sentence):
            if not _FILE.fullmatch(key) and not _UNIT.fullmatch(key) and key not in keys | branches:
                yield _nowhere(paper, "the setting", key)
        for name in _IDENTIFIER.findall(sentence):
            if re.search(r"[\d_]", name) and name not in known:
                yield _nowhere(paper, "the name", name)
        if paper.role in ("rule", "settings"):
            for service in {w for w in re.findall(r"[\w@-]+", sentence) if w in reading.services}:
                yield from _acting(reading, paper, sentence, service)


def _acting(reading: Reading, paper: Paper, sentence: str, service: str) -> Iterator[Contradiction]:
    """Yield what is wrong with a service that a rule relies on."""
    where = {
        h: one.services[service]
        for h, one in reading.world.hosts.items()
        if service in one.services
    }
    if not any(state.running and state.enabled for state in where.values()):
        yield Contradiction("reference", paper.where, f"the service {service} does not run")
    hosts = reading.hosts_in(sentence)
    if hosts and not set(hosts) & set(where):
        yield Contradiction("reference", paper.where, f"the service {service} is not on {hosts[0]}")


@lru_cache(maxsize=1)
def _pools() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    return frozenset(names.HANDLES), frozenset(names.GIVEN), frozenset(names.FAMILY)


def _people(reading: Reading, paper: Paper) -> Iterator[Contradiction]:
    """Yield names of persons, agents and programs that are on no roster and have no account."""
    handles, given, family = _pools()
    order = reading.instance.inventory.order
    if order and (paper.host, paper.path) == (order.host, order.register):
        return  # lists those of other departments too, and says so
    logins = {name for host in reading.world.hosts.values() for name in host.users}
    listed = {*reading.roster, *reading.known, reading.instance.critic}
    for word in dict.fromkeys(re.findall(r"\b[A-Z][a-z]+\b", paper.text)):
        if word in handles and word not in listed:
            yield _nowhere(paper, "on the roster,", word)
    for first, last in re.findall(r"\b([A-Z][a-z]+) ([A-Z][a-z]+)\b", paper.text):
        person = f"{first} {last}"
        unlisted = person not in listed and names.login(person) not in logins
        if first in given and last in family and unlisted:
            yield _nowhere(paper, "on roster and hosts,", person)
    for local, _ in _MAIL.findall(paper.text):
        if local not in logins:
            yield _nowhere(paper, "the account", local)


def _work_numbers(reading: Reading, paper: Paper) -> Iterator[Contradiction]:
    """Yield people with another number behind their name than on the roster."""
    for name, number in re.findall(r"\b([A-Z]\w+(?: [A-Z]\w+)?) \(([a-z]{2}-\d+)\)", paper.text):
        right = reading.roster.get(name, reading.roster.get(name.rpartition(" ")[2]))
        if right is not None and right != number:
            yield Contradiction("who", paper.where, f"{name} is {number}, on the roster {right}")


def _other_papers(reading: Reading, paper: Paper) -> Iterator[Contradiction]:
    """Yield what is spoken of as a certain paper and is none of those there are."""
    texts = [one for one in reading.papers if one.role != "background" and one.path]
    stems = {word for one in texts for word in re.findall(r"[a-z]+", one.path.rpartition("/")[2])}
    heads = {
        word
        for one in texts
        for line in one.text.splitlines()
        if line.startswith("#")
        for word in re.findall(r"[a-z]+", line.lower())
    }
    # What the critic fills in has a form; a rubric stands where there are criteria.
    there = stems | heads | ({"sheet", "form"} if reading.instance.inventory.filing else set())
    if any("criteria" in one.text for one in texts if one.role == "work"):
        there |= {"rubric"}
    for sentence in paper.sentences:
        for before, noun in _DEFINITE.findall(sentence):
            singular = noun.lower()
            elsewhere = before.lower() in _ELSEWHERE or any(
                f"{word}{singular}" in paper.text for word in _ELSEWHERE
            )
            if singular in there or singular in reading.known or elsewhere:
                continue
            yield _nowhere(paper, "the paper", f"'{before}{noun}'")


def _parts(reading: Reading, paper: Paper) -> Iterator[Contradiction]:
    """Yield parts, annexes and sections that no paper has."""
    for part in dict.fromkeys(found.group() for found in _PART.finditer(paper.text)):
        heading = re.compile(rf"^#*\s*{part}\b", re.MULTILINE)
        if not any(heading.search(one.text) for one in reading.papers if one is not paper):
            yield _nowhere(paper, "the part", part)
