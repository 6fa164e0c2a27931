"""Programs that take contents to another host, a store or a container."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from peerwatch.oversight.gate.foreseen import Act, Foreseen, Opaque, RunText, Started, Touch
from peerwatch.oversight.gate.name_lists import listed
from peerwatch.oversight.gate.path_pattern import UNKNOWN, is_plain, shown
from peerwatch.oversight.gate.program_options import split

_REMOTE = re.compile(r"(?:[\w.-]+@)?(\[[^\]]+\]|[\w.-]+)::?(.*)", re.DOTALL)
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.DOTALL)
_PUTS = frozenset(listed("cp copy copyto sync rsync put upload upload-batch upload-file mirror"))
_MOVES = frozenset(listed("mv move moveto"))
_REMOVES = frozenset(listed("rm delete remove purge"))


def _remote(word: str) -> tuple[str, str] | None:
    """Return host and path of ``user@host:path``; None if it is a path here."""
    if _ADDRESS.fullmatch(word):
        host, _, path = word.partition("://")[2].partition("/")
        return host.rpartition("@")[2].partition(":")[0], f"/{path}"
    found = _REMOTE.fullmatch(word)
    if found is None or "/" in word.partition(":")[0]:
        return None
    return found[1].strip("[]"), found[2] or "."


def scp(started: Started) -> Iterator[Foreseen]:
    """Copy to or from another host."""
    values = tuple(f"-{one}" for one in "cDFiJloPSX")
    options, paths = split(started.words, values)
    yield from _carried(paths, ("-r", None) in options, started.name, "send")


def rsync(started: Started) -> Iterator[Foreseen]:
    """Copy to another place or host, and remove what is not at the source if asked to."""
    values = ["-e", "-f", "-B", "-T", "-M", "--rsh", "--exclude", "--include", "--filter"]
    values += ["--files-from", "--exclude-from", "--include-from", "--rsync-path", "--bwlimit"]
    values += ["--log-file", "--password-file", "--port", "--backup-dir", "--compare-dest"]
    options, paths = split(started.words, values)
    names = {name for name, _ in options}
    for name, value in options:
        if name in ("-e", "--rsh", "--rsync-path") and value:
            yield RunText(value)
        elif name == "--log-file" and value:
            yield Touch("write", value, program="rsync")
    if len(paths) < 2 or {"-n", "--dry-run", "--list-only"} & names:
        return
    deep = bool({"-r", "-a", "--recursive", "--archive", "-d"} & names)
    if "--remove-source-files" in names:
        yield from (Touch("move", one, deep=deep, program="rsync") for one in paths[:-1])
    if any(name.startswith("--del") for name in names) and _remote(paths[-1]) is None:
        yield Touch("remove", f"{paths[-1]}/{UNKNOWN}", deep=True, program="rsync --delete")
    yield from _carried(paths, deep, "rsync", "copy")


def _carried(paths: Sequence[str], deep: bool, name: str, local: Act) -> Iterator[Foreseen]:
    """Yield what becomes of sources and of where they are put, here or on another host."""
    if len(paths) < 2:
        return
    *sources, last = paths
    to = _remote(last)
    host, folder = to if to is not None else (None, last)
    if host is not None and not is_plain(host):
        host = "?"
    act: Act = "send" if host is not None else local
    for one in sources:
        origin = _remote(one)
        if origin is not None:
            there = origin[0] if is_plain(origin[0]) else "?"
            yield Touch("send", origin[1], deep=deep, host=there, program=name)
        else:
            yield Touch(act if act != "send" or host else "copy", one, deep=deep, program=name)
        path = one if origin is None else origin[1]
        base = "" if path.endswith("/") and name == "rsync" else path.rstrip("/").rpartition("/")[2]
        if not folder.endswith("/") and not deep:
            yield Touch("write", folder, host=host, program=name)
        yield Touch("write", f"{folder}/{base}", host=host, program=name)
        if deep:
            yield Touch("write", f"{folder}/{base}/{UNKNOWN}", host=host, program=name)


def curl(started: Started) -> Iterator[Foreseen]:
    """Ask an address; send files, or write what comes."""
    values = listed("-A -b -c -C -d -D -e -E -F -H -K -m -o -P -Q -r -T -u -U -w -x -X -y -Y -z")
    values += listed("--data --data-binary --data-raw --data-urlencode --form --header --output")
    values += listed("--request --upload-file --user --config --max-time --url --cacert --cert")
    values += listed("--connect-timeout --retry --proxy --user-agent --cookie --cookie-jar --json")
    values += listed("--dump-header --write-out --form-string --output-dir --key --resolve")
    options, addresses = split(started.words, values)
    folder = dict(options).get("--output-dir") or "."
    for name, value in options:
        yield from _curl_option(name, value or "", folder)
        if name == "--url" and value:
            addresses.append(value)
        if name in ("-O", "--remote-name"):
            for one in addresses or [UNKNOWN]:
                base = one.rpartition("/")[2]
                yield Touch("write", f"{folder}/{base or UNKNOWN}", program="curl")
        if name in ("-K", "--config"):
            yield Opaque("settings from a file", shown(started.text))
    for one in addresses:
        if one.lower().startswith("file://"):
            yield Touch("read", one[7:], flows=True, program="curl")
    if any(value in ("@-", "-", ".") for name, value in options if name in _SENDS):
        yield Touch("send", addresses[0] if addresses else "", kind="host", program="curl")


_SENDS = frozenset(listed("-d -T --data --data-binary --upload-file --data-urlencode --json"))


def _curl_option(name: str, value: str, folder: str) -> Iterator[Foreseen]:
    if name in ("-o", "--output", "-c", "--cookie-jar", "-D", "--dump-header") and value != "-":
        path = value if value.startswith("/") else f"{folder}/{value}"
        yield Touch("write", path, program="curl")
    elif name in ("-T", "--upload-file") and value not in ("-", "."):
        yield Touch("send", value, program="curl")
    elif name in _SENDS and "@" in value[:1] + value.partition("=")[2][:1] + value[:40]:
        path = value.partition("@")[2]
        if path and path != "-":
            yield Touch("send", path, program="curl")
    elif name in ("-F", "--form"):
        found = value.partition("=")[2]
        if found[:1] in ("@", "<"):
            yield Touch("send", found[1:].partition(";")[0], program="curl")
    elif name in ("-b", "--cookie", "-H", "--header") and value.startswith("@"):
        yield Touch("send", value[1:], program="curl")


def wget(started: Started) -> Iterator[Foreseen]:
    """Fetch an address to a file, or send a file."""
    values = listed("-O -o -a -P -i -U -t -T -w -Q --post-file --body-file --post-data --header")
    values += listed("--output-document --directory-prefix --input-file --method --body-data")
    options, addresses = split(started.words, values)
    named = dict(options)
    for name in ("--post-file", "--body-file"):
        if path := named.get(name):
            yield Touch("send", path, program="wget")
    for name in ("-O", "--output-document", "-o", "-a"):
        if (path := named.get(name)) and path != "-":
            yield Touch("write", path, program="wget")
    if not {"-O", "--output-document", "--spider"} & named.keys():
        folder = named.get("-P") or named.get("--directory-prefix") or "."
        for one in addresses:
            base = one.partition("?")[0].rstrip("/").rpartition("/")[2]
            yield Touch("write", f"{folder}/{base or UNKNOWN}", program="wget")


def network(started: Started) -> Iterator[Foreseen]:
    """Send its input to another host; ``socat`` opens files and runs programs too."""
    _, rest = split(started.words, ("-e", "-c", "-p", "-s", "-w", "-q", "-i", "--exec", "-connect"))
    for option, value in split(started.words, ("-e", "-c", "--exec", "--sh-exec"))[0]:
        if option in ("-e", "-c", "--exec", "--sh-exec") and value:
            yield RunText(value)
    for one in rest if started.name == "socat" else ():
        kind, _, tail = one.partition(":")
        if kind.upper() in ("EXEC", "SYSTEM"):
            yield RunText(tail)
        elif kind.upper() in ("OPEN", "FILE", "CREATE", "GOPEN"):
            path = tail.partition(",")[0]
            yield Touch("send", path, program="socat")
            yield Touch("write", path, program="socat")
    yield Touch("send", " ".join(rest), kind="host", program=started.name)


def store(started: Started) -> Iterator[Foreseen]:
    """Put files into a store or take them out of it (``aws s3 cp``, ``rclone copy``)."""
    values = listed("--profile --region --endpoint-url -c --config --account-name -n --name")
    values += listed("-f --file -s --source -d --destination --container-name --repo-type")
    options, words = split(started.words, values)
    at = next((at for at, one in enumerate(words) if one in _PUTS | _MOVES | _REMOVES), None)
    for name, value in options:
        if name in ("-f", "--file", "-s", "--source") and value:
            yield Touch("send", value, deep=True, program=started.name)
    if at is None:
        return
    verb, paths = words[at], words[at + 1 :]
    here = [one for one in paths if not _is_stored(one)]
    if verb in _REMOVES:
        yield from (Touch("remove", one, deep=True, program=started.name) for one in here)
        return
    alone = len(paths) == 1 or started.name in ("hf", "huggingface-cli", "gh")
    for one in here:
        to = paths and one == paths[-1] and not alone
        if to and len(here) < len(paths):
            yield Touch("write", one, program=started.name)
            yield Touch("write", f"{one}/{UNKNOWN}", program=started.name)
        elif to:
            yield Touch("write", one, program=started.name)
        else:
            moves: Act = "move" if verb in _MOVES else "send"
            yield Touch(moves, one, deep=True, program=started.name)
            yield Touch("send", one, deep=True, program=started.name)


def _is_stored(word: str) -> bool:
    return bool(_ADDRESS.fullmatch(word)) or (":" in word.partition("/")[0])


def mail(started: Started) -> Iterator[Foreseen]:
    """Send a mail with what is attached and its input."""
    options, rest = split(started.words, ("-a", "-A", "-s", "-c", "-b", "-r", "--attach", "-S"))
    for name, value in options:
        if name in ("-a", "-A", "--attach") and value:
            yield Touch("send", value, program=started.name)
    yield Touch("send", " ".join(rest), kind="host", program=started.name)


def containers(started: Started) -> Iterator[Foreseen]:
    """Stop, remove or start containers; copy to or from one; run in one, which is opaque."""
    values = listed("-f --file -p --project-name -n --namespace --context -H -t --time -s --signal")
    values += listed("-v --volume --mount -e --env --name -w -u --user -l --filter")
    _, words = split(started.words, values)
    verb = next((one for one in words if one in _CONTAINER_VERBS), None)
    if verb is None:
        return
    rest = words[words.index(verb) + 1 :]
    act = _CONTAINER_VERBS[verb]
    if verb == "cp" and len(rest) == 2:
        here = [one for one in rest if not _REMOTE.fullmatch(one) or one.startswith(("/", "."))]
        for one in here:
            act = "copy" if one == rest[0] else "write"
            yield Touch(act, one, deep=True, program=started.name)
        return
    if act is None or verb in ("down", "delete", "scale"):
        yield Opaque("runs in or on a container", shown(started.text))
    if act is not None:
        for one in rest or [UNKNOWN]:
            yield Touch(act, one.rpartition("/")[2], kind="container", program=started.name)


_CONTAINER_VERBS: dict[str, Act | None] = {
    **dict.fromkeys(("stop", "kill", "rm", "pause", "down", "delete", "scale"), "stop"),
    **dict.fromkeys(("start", "restart", "unpause", "up", "run", "create", "apply"), None),
    **dict.fromkeys(("exec", "cp", "build", "commit", "export", "save"), None),
    "start": "start",
}
