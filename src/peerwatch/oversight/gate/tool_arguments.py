"""What tools other than a shell would do: by their names' verbs and their arguments' names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from peerwatch.oversight.gate.agent_call import AgentCall
from peerwatch.oversight.gate.file_programs import patched
from peerwatch.oversight.gate.foreseen import Act, Foreseen, Opaque, RunText, RunWords, Touch
from peerwatch.oversight.gate.name_lists import listed
from peerwatch.oversight.gate.path_pattern import UNKNOWN, clean

_COMMANDS = ("command", "cmd", "script", "commands", "bash_command", "shell_command", "input")
_CODES = ("code", "python", "python_code", "source_code")
_SHELL_TOOL = re.compile(
    r"(?:.*[_.\-/])?(?:bash|sh|shell|exec|terminal|run_?command|local_shell|"
    r"execute_?command|run_?shell|run_?in_?terminal|run_?bash|cmd|command|"
    r"process|shell_?exec|run_?terminal_?cmd|execute_?bash)(?:[_.\-].*)?",
    re.IGNORECASE,
)
_PYTHON_TOOL = re.compile(
    r".*(?:python|jupyter|notebook_run|code_interpreter|run_code|execute_code).*", re.IGNORECASE
)
_PATHS = frozenset(
    listed(
        "path file_path filepath filename file_name file target_file notebook_path "
        "absolute_path relative_path target target_path directory dir dir_path folder paths "
        "files uri old_path relative_workspace_path"
    )
)
_SOURCES = frozenset(
    listed(
        "source source_path src src_path from from_path old_path origin local_path attachment "
        "attachments"
    )
)
_TARGETS = frozenset(listed("destination destination_path dest dst dst_path to to_path new_path"))
_CONTENTS = frozenset(
    listed(
        "content contents text new_str new_string new_source file_text edits old_string "
        "old_str data insert_text replacement diff"
    )
)
_VERBS: dict[str, Act] = {
    **dict.fromkeys(listed("delete remove rm unlink erase trash destroy drop purge"), "remove"),
    **dict.fromkeys(listed("move rename mv"), "move"),
    **dict.fromkeys(listed("upload send post publish push share attach email mail"), "send"),
    **dict.fromkeys(listed("copy cp duplicate clone"), "copy"),
    **dict.fromkeys(listed("chmod chown permissions"), "rights"),
    **dict.fromkeys(listed("touch"), "redate"),
    **dict.fromkeys(
        listed(
            "write create edit replace insert append update patch save put set modify overwrite "
            "multiedit undo download"
        ),
        "write",
    ),
    **dict.fromkeys(
        listed(
            "read view cat list ls glob grep search get stat info open find show tree head tail "
            "fetch exists query describe lookup check count"
        ),
        "read",
    ),
}
_MOST_TEXT = 16_000


def tool_does(call: AgentCall) -> Iterator[Foreseen]:
    """Yield what a call would do."""
    arguments = call.arguments
    verb = str(arguments.get("command", "")).lower()
    names = set(arguments)
    edits = bool(names & _PATHS) and re.fullmatch(r"[a-z_]+", verb) and _verb(verb) is not None
    if not edits and any(one in arguments for one in _COMMANDS):
        yield from _commands(call)
        return
    if _PYTHON_TOOL.fullmatch(call.tool) or any(one in arguments for one in _CODES):
        for one in (*_CODES, "input", "source"):
            if isinstance(text := arguments.get(one), str):
                yield RunText(clean(text), "python")
                return
    act = _verb(verb) if edits else _verb(call.tool)
    if act is None and names & _CONTENTS and names & (_PATHS | _TARGETS):
        act = "write"
    yield from _with_paths(call, act)


def is_shell(call: AgentCall) -> bool:
    """Return whether a call runs a text of the shell."""
    return _SHELL_TOOL.fullmatch(call.tool) is not None


def _commands(call: AgentCall) -> Iterator[Foreseen]:
    for name in _COMMANDS:
        value = call.arguments.get(name)
        if isinstance(value, str):
            text = clean(value)
            if "*** Begin Patch" in text[:200]:
                yield from patched(text, ".")
            elif name == "input" and not is_shell(call):
                yield Opaque("a tool that is not known", _all_text(call))
            else:
                yield RunText(text)
        elif isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
            words = tuple(clean(one) for one in value)
            if name == "commands":
                yield from (RunText(one) for one in words)
            else:
                yield RunWords(words)
        elif value is not None:
            yield Opaque("a tool that is not known", _all_text(call))


def _verb(name: str) -> Act | None:
    """Return what a tool's name says that it does; what changes counts before what reads."""
    words = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()))
    return next((act for verb, act in _VERBS.items() if verb in words), None)


def _with_paths(call: AgentCall, act: Act | None) -> Iterator[Foreseen]:
    moves = bool(set(call.arguments) & _TARGETS)
    found = 0
    for name, path in _paths_in(call.arguments):
        found += 1
        if name in _TARGETS:
            yield Touch("write", path, program=call.tool)
            yield Touch("write", f"{path}/{UNKNOWN}", deep=False, program=call.tool)
        elif act is not None:
            yield Touch(
                act, path, deep=act in ("remove", "move", "copy", "send"), program=call.tool
            )
        elif moves:
            yield Touch("copy", path, deep=True, program=call.tool)
    url = call.arguments.get("url")
    sends = any(one in call.arguments for one in ("body", "data", "json", "payload", "form"))
    method = str(call.arguments.get("method", "get")).lower()
    if isinstance(url, str) and url.lower().startswith("file://"):
        yield Touch(act or "read", clean(url[7:]), program=call.tool)
    elif (
        act is None
        or (isinstance(url, str) and (sends or method not in ("get", "head")))
        or (act != "read" and not found)
    ):
        yield Opaque("a tool that is not known", _all_text(call))


def _paths_in(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in arguments.items():
        if name in _PATHS | _SOURCES | _TARGETS:
            for one in value if isinstance(value, (list, tuple)) else (value,):
                path = one.get("path") if isinstance(one, dict) else one
                if isinstance(path, str):
                    yield name, clean(path).removeprefix("file://")


def _all_text(call: AgentCall) -> str:
    try:
        text = json.dumps(dict(call.arguments), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = str(call.arguments)
    return clean(f"{call.tool} {text}")
