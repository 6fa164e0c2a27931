"""Programs that do several things with files: archives, ``dd``, ``sed``, ``git``, databases."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from peerwatch.oversight.gate.foreseen import (
    Act,
    Foreseen,
    Linked,
    Opaque,
    Output,
    RunText,
    Started,
    Touch,
)
from peerwatch.oversight.gate.name_lists import listed
from peerwatch.oversight.gate.path_pattern import UNKNOWN, is_plain, shown
from peerwatch.oversight.gate.program_options import split

_ENDINGS = {".gz", ".bz2", ".xz", ".zst", ".lz4", ".Z", ".lzma", ".lz"}
_SED_WRITES = re.compile(
    r"(?:^|[;{}\n\s/0-9$])(?:s(.).*?\1.*?\1[0-9gIiMm]*)?[wW]\s+(\S+)", re.DOTALL
)
_SED_RUNS = re.compile(r"(?:^|[;\n{\s])e(?:\s|$)|s(.).*?\1.*?\1[gIim0-9]*e\b", re.DOTALL)
_AWK_OPAQUE = re.compile(r"\bsystem\s*\(|\bgetline\b|\|\s*[\"(]|>\s*[^\s=0-9]|@load|\|&")
_READS_ONLY = re.compile(
    r"\s*(?:select|explain|pragma\s+\w+(?:\s*\([^)]*\))?\s*(?:;|$)|with|values|\.(?:tables|schema|"
    r"headers?|mode|width|indexes|databases|show|help|quit|exit|timeout)\b)",
    re.IGNORECASE,
)
_WRITES_SQL = re.compile(
    r"\b(?:insert|update|delete|drop|alter|create|replace|attach|vacuum|writefile|load_extension|"
    r"copy|edit|install|export|import)\b",
    re.IGNORECASE,
)


def tar(started: Started) -> Iterator[Foreseen]:
    """Pack files, or unpack below a directory."""
    words = list(started.words)
    if words and not words[0].startswith("-") and is_plain(words[0]):
        words[0] = f"-{words[0]}"
    values = listed("-f -C -T -X -b -g -I -H -K -N -V --file --directory --files-from --exclude")
    values += listed("--transform --use-compress-program --to-command --checkpoint-action")
    options, paths = split(words, values)
    names, named = {name for name, _ in options}, dict(options)
    archive = named.get("-f") or named.get("--file")
    folder = named.get("-C") or named.get("--directory") or "."
    program = named.get("-I") or named.get("--use-compress-program")
    for one in (program, named.get("--to-command"), named.get("--checkpoint-action")):
        if one:
            yield RunText(one.removeprefix("exec="))
    host = archive.partition(":")[0] if archive and ":" in archive.partition("/")[0] else None
    if {"-x", "--extract", "--get"} & names:
        yield from _unpacks(archive, folder, {"-O", "--to-stdout"} & names != set())
    elif {"-c", "-r", "-u", "--create", "--append", "--update"} & names:
        flows = archive in (None, "-", "/dev/null")
        act: Act = "read" if flows else "send" if host else "copy"
        if {"-T", "--files-from"} & names:
            paths = [*paths, UNKNOWN]
        for one in paths:
            path = one if one.startswith(("/", UNKNOWN)) else f"{folder}/{one}"
            yield Touch(act, path, deep=True, flows=flows, program="tar")
            if "--remove-files" in names:
                yield Touch("remove", path, deep=True, program="tar --remove-files")
        if archive not in (None, "-") and not host:
            yield Touch("write", archive or "", program="tar")
    elif archive not in (None, "-"):
        yield Touch("read", archive or "", program="tar")


def _unpacks(archive: str | None, folder: str, to_output: bool) -> Iterator[Foreseen]:
    if archive not in (None, "-"):
        yield Touch("read", archive or "", flows=to_output, program="tar")
    if not to_output:
        yield Touch("write", f"{folder}/{UNKNOWN}", program="tar")


def unpack(started: Started) -> Iterator[Foreseen]:
    """Unpack an archive below a directory."""
    options, paths = split(started.words, ("-d", "-o", "-x", "-D", "-P"))
    names = {name for name, _ in options}
    shows = bool({"-l", "-p", "-t", "-Z", "-v"} & names) and "-o" not in names
    for one in paths[:1]:
        yield Touch("read", one, flows=shows, program=started.name)
    if not shows:
        folder = dict(options).get("-d") or "."
        yield Touch("write", f"{folder}/{UNKNOWN}", program=started.name)


def pack(started: Started) -> Iterator[Foreseen]:
    """Pack files into the archive that is named first."""
    words = [one for one in started.words if not one.startswith("-x")]
    options, paths = split(words, ("-i", "-P", "-t", "-n", "-b"))
    names = {name for name, _ in options}
    if started.name in ("7z", "7za", "7zr", "rar"):
        verb, paths = (paths[0] if paths else ""), paths[1:]
        if verb in ("l", "t", "i"):
            return
        if verb in ("x", "e"):
            yield from (Touch("read", one, program=started.name) for one in paths[:1])
            yield Touch("write", UNKNOWN, program=started.name)
            return
    if "-@" in names:
        paths = [*paths, UNKNOWN]
    act: Act = "move" if {"-m", "--move"} & names else "copy"
    if paths and paths[0] != "-":
        yield Touch("write", paths[0], program=started.name)
        if "." not in paths[0].rpartition("/")[2]:
            yield Touch("write", f"{paths[0]}.zip", program=started.name)
    for one in paths[1:]:
        yield Touch(act, one, deep=True, program=started.name)


def compress(started: Started) -> Iterator[Foreseen]:
    """Put a packed (or unpacked) file in place of a file, or beside it, or to the output."""
    options, paths = split(started.words, ("-S", "-o", "-T", "-D", "--suffix"))
    names = {name for name, _ in options}
    unpacks = started.name.startswith("un") or {"-d", "--decompress", "--uncompress"} & names
    flows = bool({"-c", "--stdout", "--to-stdout"} & names) or not paths
    keeps = bool({"-k", "--keep"} & names) or (started.name in ("zstd", "unzstd", "lz4"))
    keeps = keeps and "--rm" not in names
    if {"-l", "-t", "--list", "--test"} & names:
        flows = True
    for one in paths:
        act: Act = "read" if flows else "copy" if keeps else "move"
        yield Touch(act, one, deep="-r" in names, flows=flows, program=started.name)
        if not flows:
            ending = one[one.rfind(".") :] if "." in one else ""
            to = one[: -len(ending)] if unpacks and ending in _ENDINGS else f"{one}.gz"
            yield Touch("write", dict(options).get("-o") or to, program=started.name)


def cpio(started: Started) -> Iterator[Foreseen]:
    """Pack or copy the files that its input names, or unpack here."""
    options, rest = split(started.words, ("-D", "-F", "-H", "-I", "-O", "-E"))
    names = {name for name, _ in options}
    if {"-i", "--extract"} & names:
        yield Touch("write", UNKNOWN, program="cpio")
        return
    given = [one for one in (started.stdin or UNKNOWN).split("\n") if one]
    for one in given:
        act: Act = "copy" if "-p" in names or "-O" in names or "-F" in names else "read"
        yield Touch(act, one, flows=act == "read", program="cpio")
    for one in rest:
        yield Touch("write", f"{one}/{UNKNOWN}", program="cpio")


def dd(started: Started) -> Iterator[Foreseen]:
    """Copy ``if=`` to ``of=``."""
    named = dict(one.partition("=")[::2] for one in started.words if "=" in one)
    source, target = named.get("if"), named.get("of")
    if source is not None:
        yield Touch("read" if target is None else "copy", source, flows=True, program="dd")
    if target is not None:
        yield Touch("write", target, program="dd")


def sed(started: Started) -> Iterator[Foreseen]:
    """Change a text, in its file with ``-i``."""
    options, rest = split(started.words, ("-e", "-f", "-l", "--expression", "--file"))
    scripts = [value or "" for name, value in options if name in ("-e", "--expression")]
    if not scripts and not any(name in ("-f", "--file") for name, _ in options):
        scripts, rest = rest[:1], rest[1:]
    in_place = any(
        name == "--in-place" or (name.startswith("-i") and not name.startswith("-in"))
        for name, _ in options
    ) or any(name == "-i" for name, _ in options)
    for one in rest:
        yield Touch("read", one, flows=True, program="sed")
        if in_place:
            yield Touch("write", one, program="sed -i")
    for one in scripts:
        for found in _SED_WRITES.finditer(one):
            yield Touch("write", found[2], program="sed")
        if _SED_RUNS.search(one):
            yield Opaque("a script that runs commands", shown(started.text))
    if any(name in ("-f", "--file") for name, _ in options):
        yield Opaque("script or program from a file", shown(started.text))


def awk(started: Started) -> Iterator[Foreseen]:
    """Print parts of texts; a script that writes or runs is opaque."""
    options, rest = split(started.words, ("-F", "-v", "-f", "-i", "-e", "--source", "--file"))
    names = {name for name, _ in options}
    from_file = bool({"-f", "--file"} & names)
    script = "" if from_file or not rest else rest[0]
    for one in rest if from_file else rest[1:]:
        if "=" not in one.partition("/")[0]:
            yield Touch("read", one, flows=True, program="awk")
            if "-i" in names:
                yield Touch("write", one, program="awk -i inplace")
    if from_file:
        yield Opaque("script or program from a file", shown(started.text))
    elif not is_plain(script) or _AWK_OPAQUE.search(script):
        yield Opaque("code that is not understood", shown(started.text))


def patch(started: Started) -> Iterator[Foreseen]:
    """Change the files that a difference names."""
    values = ("-i", "-p", "-d", "-o", "-r", "-B", "--input", "--directory", "--output")
    options, paths = split(started.words, values)
    named = dict(options)
    folder = named.get("-d") or named.get("--directory") or "."
    text, file = started.stdin, named.get("-i") or named.get("--input")
    if paths:
        yield Touch("write", f"{folder}/{paths[0]}" if paths[0][:1] != "/" else paths[0])
    elif text is not None and is_plain(text) and not file:
        yield from patched(text, folder)
    else:
        yield Opaque("a difference from a file", shown(started.text))
        yield Touch("write", f"{folder}/{UNKNOWN}", program="patch")


def patched(text: str, folder: str) -> Iterator[Touch]:
    """Yield what a difference would change: unified, or as coding agents write patches."""
    verbs: dict[str, Act] = {"Add": "write", "Update": "write", "Delete": "remove"}
    for line in text.splitlines():
        found = re.match(r"\*\*\* (Add|Update|Delete) File: (.+)", line)
        moved = re.match(r"\*\*\* Move to: (.+)", line)
        plain = re.match(r"(?:\+\+\+|---) (?:[ab]/)?([^\t\n]+)", line)
        if found:
            yield Touch(verbs[found[1]], found[2].strip(), program="patch")
        elif moved:
            yield Touch("write", moved[1].strip(), program="patch")
        elif plain and plain[1] != "/dev/null":
            name = plain[1].strip()
            path = name if name.startswith("/") else f"{folder}/{name}"
            yield Touch("write", path, program="patch")


def git(started: Started) -> Iterator[Foreseen]:
    """Read, or change files of the checkout."""
    options, words = split(started.words, ("-C", "-c", "--git-dir", "--work-tree"))
    named, names = dict(options), {name for name, _ in options}
    folder = named.get("-C") or named.get("--work-tree") or "."
    verb, rest = (words[0] if words else ""), words[1:]
    if "-c" in names and "alias" in (named.get("-c") or ""):
        yield Opaque("settings that run commands", shown(started.text))
    paths = [one if one.startswith("/") else f"{folder}/{one}" for one in rest]
    if verb in ("rm", "clean"):
        for one in paths or [f"{folder}/{UNKNOWN}"]:
            yield Touch("remove", one, deep=True, program=f"git {verb}")
    elif verb == "mv":
        yield from (Touch("move", one, deep=True, program="git mv") for one in paths[:-1])
        yield from (Touch("write", one, program="git mv") for one in paths[-1:])
    elif verb in ("checkout", "restore", "reset", "stash", "switch"):
        named_paths = words[words.index("--") + 1 :] if "--" in words else paths
        if verb == "restore" or "--" in started.words or "." in rest:
            for one in named_paths:
                yield Touch("write", one, deep=True, program=f"git {verb}")
        elif not (verb == "stash" and rest[:1] in (["list"], ["show"])):
            yield Touch("write", f"{folder}/{UNKNOWN}", program=f"git {verb}")
    elif verb in ("pull", "merge", "rebase", "apply", "am", "cherry-pick", "revert"):
        yield Touch("write", f"{folder}/{UNKNOWN}", program=f"git {verb}")
    elif verb == "add":
        yield from (Touch("copy", one, deep=True, program="git add") for one in paths)
    elif verb == "clone" and rest:
        base = rest[0].rstrip("/").rpartition("/")[2].removesuffix(".git")
        yield Touch("write", f"{rest[1] if len(rest) > 1 else base}/{UNKNOWN}", program="git clone")
    elif verb not in _GIT_READS:
        yield Opaque("runs what a checkout holds, or sends it", shown(started.text))


_GIT_READS = frozenset(
    listed(
        "blame branch cat-file commit config describe diff fetch grep init log ls-files ls- "
        "remote ls-tree remote rev-list rev-parse shortlog show status tag version --version "
        "help"
    )
) | {""}


def database(started: Started) -> Iterator[Foreseen]:
    """Read a database; what is not plainly a question writes it."""
    options, rest = split(started.words, ("-cmd", "-separator", "-init", "-c", "-f", "-nullvalue"))
    said = [value or "" for name, value in options if name in ("-cmd", "-c", "-init", "-f")]
    said += rest[1:]
    if started.stdin is not None:
        said.append(started.stdin)
    asks = said and all(_READS_ONLY.match(one) and not _WRITES_SQL.search(one) for one in said)
    for one in rest[:1]:
        yield Touch("read", one, flows=True, program=started.name)
        if not asks and not {"-readonly", "--version"} & {name for name, _ in options}:
            yield Touch("write", one, program=started.name)
    text = " ".join(said)
    if re.search(r"^\s*\.(?:shell|system|output|once|import|save|backup|clone|read)\b", text, re.M):
        yield Opaque("commands of a database's shell", shown(started.text))


def mount(started: Started) -> Iterator[Foreseen]:
    """Put one tree in the place of another, which hides what was there."""
    options, rest = split(started.words, ("-t", "-o", "-L", "-U", "-O"))
    if started.name == "umount":
        yield from (Touch("write", one, deep=True, program="umount") for one in rest)
    elif len(rest) > 1:
        yield Touch("write", rest[-1], deep=True, program="mount")
        bound = any("bind" in f"{name} {value}" for name, value in options)
        if bound or "-B" in {name for name, _ in options}:
            yield Linked(rest[1], rest[0])


def echo(started: Started) -> Iterator[Foreseen]:
    """Print its arguments."""
    words = list(started.words)
    while words and re.fullmatch(r"-[neE]+", words[0]):
        words.pop(0)
    text = " ".join(words)
    yield Output(_unescaped(text) if "\\" in text and "e" in "".join(started.words[:1]) else text)


def printf(started: Started) -> Iterator[Foreseen]:
    """Print its arguments by a form; ``-v`` sets a variable, of which nothing is known then."""
    words = [one for one in started.words if one != "--"]
    if words and words[0] == "-v":
        return
    form, values = (words[0] if words else ""), words[1:]
    form = _unescaped(form)
    if values and re.fullmatch(r"(?:%s[\n \0]?)+", form):
        yield Output(form[2:3].join(values) if form.count("%s") == 1 else " ".join(values))
    elif "%" in form and values:
        parts = iter(values)
        yield Output(re.sub(r"%[-0-9.]*[sdqib]", lambda _: next(parts, ""), form))
    else:
        yield Output(form.replace("%%", "%"))


def _unescaped(text: str) -> str:
    signs = {"n": "\n", "t": "\t", "\\": "\\", "0": "\0", "r": "\r"}

    def sign(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        if found[2]:
            return chr(int(found[2], 8) & 0xFF)
        return signs[found[3]]

    return re.sub(r"\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{2,3})|([nt\\0r]))", sign, text)


def listing(started: Started) -> Iterator[Foreseen]:
    """Print the names of files."""
    _, rest = split(started.words, ("-I", "-w", "--ignore", "--hide"))
    printed = []
    for one in rest or ["."]:
        yield Touch("read", one, program=started.name)
        printed.append(one if not is_plain(one) else UNKNOWN)
    yield Output("\n".join(printed))


def passes_on(started: Started) -> Iterator[Foreseen]:
    """Print some lines of files or of its input, as they are."""
    values = listed("-e -f -A -B -C -m -n -c -k -t -s --include --exclude --exclude-dir -d -w -S")
    orders = started.name in ("sort", "shuf")
    options, rest = split(started.words, (*values, "-o", "--output") if orders else values)
    for name, value in options if orders else ():
        if name in ("-o", "--output") and value:
            yield Touch("write", value, program=started.name)
    if started.name.endswith(("grep", "rg", "ag", "ack")):
        script = not {"-e", "-f"} & set(started.words)
        rest = rest[1:] if script else rest
    for one in rest:
        yield Touch("read", one, deep=True, flows=True, program=started.name)
    if not rest and started.stdin is not None:
        yield Output(started.stdin)
    elif any(one.startswith("-") and "l" in one for one in started.words):
        yield Output("\n".join(rest))
    else:
        yield Output(UNKNOWN)


def cat(started: Started) -> Iterator[Foreseen]:
    """Print files, or its input."""
    _, rest = split(started.words, ())
    for one in rest:
        if one != "-":
            yield Touch("read", one, flows=True, program=started.name)
    yield Output((started.stdin or "") if not rest or rest == ["-"] else UNKNOWN)


def tee(started: Started) -> Iterator[Foreseen]:
    """Write its input to each, and print it."""
    _, rest = split(started.words, ())
    for one in rest:
        yield Touch("write", one, program=started.name)
    yield Output(UNKNOWN if started.stdin is None else started.stdin)


def code(started: Started) -> Iterator[Foreseen]:
    """Print files or its input in another code, or back from it."""
    options, rest = split(started.words, ("-w", "-c", "-s", "-l", "--wrap"))
    names = {name for name, _ in options}
    for one in rest:
        yield Touch("read", one, flows=True, program=started.name)
    back = bool({"-d", "-D", "--decode", "-r"} & names)
    text = None if rest or started.stdin is None else started.stdin
    yield Output(
        UNKNOWN if text is None or not is_plain(text) else _coded(started.name, text, back)
    )


def _coded(name: str, text: str, back: bool) -> str:
    """Return a text in another code; what is no text afterwards is not known."""
    if name == "rev":
        return "\n".join(line[::-1] for line in text.split("\n"))
    try:
        if name == "base64":
            data = base64.b64decode(text) if back else base64.b64encode(f"{text}\n".encode())
            return data.decode()
        if name == "base32":
            return base64.b32decode(text.strip()).decode() if back else UNKNOWN
        return bytes.fromhex(text).decode() if name == "xxd" and back else UNKNOWN
    except ValueError:
        return UNKNOWN


def path_parts(started: Started) -> Iterator[Foreseen]:
    """Print a path, its directory or its name."""
    _, rest = split(started.words, ("-s", "-m", "--relative-to"))
    found = rest[0] if rest else ""
    if started.name == "dirname":
        found = found.rstrip("/").rpartition("/")[0] or ("/" if found.startswith("/") else ".")
    elif started.name == "basename":
        found = found.rstrip("/").rpartition("/")[2].removesuffix(rest[1] if len(rest) > 1 else "")
    yield Output(found)
