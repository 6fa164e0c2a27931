"""Programs that run others: ``env``, ``sudo``, ``find``, ``xargs``, ``ssh`` and their likes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from peerwatch.oversight.gate.foreseen import (
    Foreseen,
    Opaque,
    Output,
    RunText,
    RunWords,
    Started,
    Touch,
)
from peerwatch.oversight.gate.name_lists import listed
from peerwatch.oversight.gate.path_pattern import TREE, UNKNOWN, is_plain, of_glob, shown
from peerwatch.oversight.gate.program_options import Handler, split
from peerwatch.oversight.gate.shell_words import MOST

_OPEN_SHELLS = frozenset(listed("sudo doas chroot nsenter unshare setpriv"))
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)


def leading(words: Sequence[str], values: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the options before a command and the words of the command."""
    options: dict[str, str] = {}
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        word = words[at]
        if word == "--":
            at += 1
            break
        name, sign, value = word.partition("=")
        if word in values:
            at += 1
            options[word] = words[at] if at < len(words) else ""
        elif sign and word.startswith("--"):
            options[name] = value
        elif not word.startswith("--") and word[:2] in values:
            options[word[:2]] = word[2:]
        elif not word.startswith("--") and f"-{word[-1]}" in values:
            at += 1
            options[f"-{word[-1]}"] = words[at] if at < len(words) else ""
        else:
            options[word] = ""
        at += 1
    return options, list(words[at:])


def wrapper(*values: str, skip: int = 0) -> Handler:
    """Return the handler of a program that runs what stands behind its own options.

    Args:
        values: Its options with a value.
        skip: So many arguments of its own stand before the command.
    """

    def runs(started: Started) -> Iterator[Foreseen]:
        options, words = leading(started.words, values)
        rest = words[skip:]
        assigned = []
        while rest and _ASSIGNMENT.fullmatch(rest[0]):
            name, _, value = rest.pop(0).partition("=")
            assigned.append((name, value))
        text = next((options[one] for one in ("-S", "--split-string") if one in options), None)
        if started.name == "env" and text is not None:
            yield RunText(" ".join((text, *rest)))
        elif rest:
            folder = options.get("-C") or options.get("--chdir") or options.get("-D")
            yield RunWords(tuple(rest), cwd=folder, assigned=tuple(assigned))
        elif started.name in _OPEN_SHELLS and started.stdin is not None:
            yield RunText(started.stdin)

    return runs


def su(started: Started) -> Iterator[Foreseen]:
    """Run the text of ``-c``, or its input, as another account."""
    options, rest = split(started.words, ("-c", "--command", "-s", "--shell", "-g", "-G", "-w"))
    named = dict(options)
    text = named.get("-c") or named.get("--command")
    if started.name == "runuser" and "-u" in named and len(rest) > 1:
        yield RunWords(tuple(rest[1:]))
    elif text is not None or started.stdin is not None:
        yield RunText(text if text is not None else started.stdin or "")


def text_runner(started: Started) -> Iterator[Foreseen]:
    """Run its arguments as one text, again and again or when something happens."""
    _, rest = leading(started.words, ("-n", "--interval", "-c", "-d"))
    if started.name == "script":
        options, rest = split(started.words, ("-c", "--command"))
        text = next((value for name, value in options if name in ("-c", "--command")), None)
        yield from (Touch("write", one, program="script") for one in rest)
        rest = [text] if text else []
    if rest:
        yield RunText(" ".join(rest))


def later(started: Started) -> Iterator[Foreseen]:
    """Run its input at another time."""
    options, _ = split(started.words, ("-f", "-q", "-t"))
    file = dict(options).get("-f")
    if file:
        yield Opaque("script or program from a file", started.text)
    elif started.stdin is not None:
        yield RunText(started.stdin)


def xargs(started: Started) -> Iterator[Foreseen]:
    """Run a command with arguments from its input."""
    values = listed(
        "-I -n -P -L -s -d -E -a --max-args --max-procs --delimiter --replace --arg-file -j --jobs"
    )
    options, words = leading(started.words, values)
    words = words or ["echo"]
    given = _lines(started, options)
    mark = options.get("-I") or options.get("--replace") or ("{}" if "-i" in options else None)
    if started.name == "parallel":
        if ":::" in words:
            at = words.index(":::")
            words, given = words[:at], words[at + 1 :]
        mark = mark or "{}"
        if not any(mark in one for one in words):
            words.append(mark)
    if mark is None:
        yield RunWords((*words, *given))
        return
    for one in given:
        filled = tuple(word.replace(mark, one) for word in words)
        yield RunText(" ".join(filled)) if started.name == "parallel" else RunWords(filled)


def _lines(started: Started, options: dict[str, str]) -> list[str]:
    if started.stdin is None or "-a" in options or "--arg-file" in options:
        return [UNKNOWN]
    text = started.stdin.replace("\0", "\n")
    found = text.split("\n") if "-I" in options else text.split()
    kept = [one.strip("'\"") for one in found if one]
    return kept if len(kept) <= 8 * MOST else [UNKNOWN]


def find(started: Started) -> Iterator[Foreseen]:
    """Look for files, and do with those that fit what its actions say."""
    words = list(started.words)
    while words and (words[0] in ("-H", "-L", "-P") or words[0].startswith(("-D", "-O"))):
        words.pop(0)
    at = next(
        (at for at, one in enumerate(words) if one[:1] in ("-", "(", "!") and one != "-"),
        len(words),
    )
    roots, tests = words[:at] or ["."], words[at:]
    found = [one for root in roots for one in _found(root, tests)]
    for root in roots:
        yield Touch("read", root, program="find")
    yield from _actions(tests, found)
    yield Output("\n".join(found))


def _found(root: str, tests: Sequence[str]) -> list[str]:
    """Return patterns of what is found below a directory, by the tests of names."""
    root = root.rstrip("/") or "/"
    simple = not {"-o", "-or", "!", "-not", ","} & set(tests)
    named = [
        (tests[at], of_glob(tests[at + 1]))
        for at, one in enumerate(tests[:-1])
        if one in ("-name", "-path", "-wholename")
    ]
    below = "" if root == "/" else root
    if not simple or not named:
        shallow = "-maxdepth" in tests and "0" in tests
        return [root] if shallow else [root + TREE]
    test, pattern = named[0]
    if test == "-name":
        return [f"{below}{TREE}/{pattern}"]
    return [pattern if pattern.startswith("/") else root + TREE]


def _actions(tests: Sequence[str], found: Sequence[str]) -> Iterator[Foreseen]:
    at = 0
    while at < len(tests):
        word = tests[at]
        at += 1
        if word == "-delete":
            # Only what fits is removed, and a directory only when it is empty.
            yield from (Touch("remove", one, program="find -delete") for one in found)
        elif word in ("-fprint", "-fprint0", "-fls", "-fprintf") and at < len(tests):
            yield Touch("write", tests[at], program="find")
        elif word in ("-exec", "-execdir", "-ok", "-okdir"):
            end = next(
                (end for end in range(at, len(tests)) if tests[end] in (";", "+")), len(tests)
            )
            command = tests[at:end]
            for one in found:
                yield RunWords(tuple(part.replace("{}", one) for part in command))
            at = end + 1


def ssh(started: Started) -> Iterator[Foreseen]:
    """Run a text on another host."""
    values = tuple(f"-{one}" for one in "BbcDEeFIiJLlmOopQRSWwP")
    options, rest = leading(started.words, values)
    while len(rest) > 1 and rest[1].startswith("-") and len(rest[1]) > 1:
        more, tail = leading(rest[1:], values)
        options |= more
        rest = [rest[0], *tail]
    proxy = [value for name, value in options.items() if name == "-o" and "ommand" in value]
    for one in proxy:
        yield RunText(one.partition("=")[2])
    if not rest:
        return
    host = rest[0].rpartition("@")[2].removeprefix("ssh://").partition(":")[0]
    host = host if is_plain(host) else "?"
    if len(rest) > 1:
        text = " ".join(rest[1:])
        yield RunText(text, host=host)
        if started.stdin is not None:
            yield Touch("send", host, kind="host", program=started.name)
    elif started.stdin is not None:
        yield RunText(started.stdin, host=host)


def interpreter(started: Started) -> Iterator[Foreseen]:
    """Run a text in a language that is not understood here, or a script."""
    options, rest = split(started.words, ("-e", "-E", "-r", "--eval", "-p", "--print", "-I", "-M"))
    code = [value for name, value in options if name in ("-e", "-E", "-r", "--eval") and value]
    flags = next((one for one in started.words if re.match(r"-[a-zA-Z0]*i", one)), None)
    in_place = flags is not None and started.name == "perl"
    if in_place:
        for one in (word for word in started.words if not word.startswith("-")):
            yield Touch("write", one, program="perl -i")
    if {name for name, _ in options} & {"-v", "--version", "-V"} and not code:
        return
    text = shown(started.text)
    if started.stdin is not None and not rest and not code:
        text = f"{text} {shown(started.stdin)}"
    yield Opaque("code that is not understood" if code else "script or program from a file", text)
