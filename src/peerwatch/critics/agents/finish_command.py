# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""``finish-task``: the end of an episode as a command, for agents that speak no MCP.

The command hands what it is given to the same tool that other agents reach by MCP, over the same
server, so that what is checked, answered and recorded is the same.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from peerwatch.sessions.toolset import FINISH, ToolSpec

COMMAND = "finish-task"
_PIECE = r"""'[^']*'|"(?:[^"\\$`]|\\.)*"|\\.|[^\s'"\\;&|<>()$`]"""
_ONLY = re.compile(rf"\s*{COMMAND}(?:[ \t]+(?:{_PIECE})+)*\s*")
"""A call of the command with words in which the shell runs and redirects nothing."""
_SCRIPT = """#!/usr/bin/python3
import json
import sys
import urllib.request

DESK = %(address)r
OPTIONS = %(options)s
USAGE = %(usage)r


def explained():
    lines = ["usage: " + USAGE, "", %(description)r, ""]
    return "\\n".join([*lines, *(f"  --{name}: {text}" for name, text in OPTIONS.items())])


def read_arguments(words):
    given, words = {}, iter(words)
    for word in words:
        if word in ("-h", "--help"):
            print(explained())
            sys.exit(0)
        name, equals, value = word[2:].partition("=")
        if not word.startswith("--") or name not in OPTIONS:
            sys.exit(f"%(command)s: '{word}' is no option. usage: {USAGE}")
        given[name] = value if equals else next(words, None)
        if given[name] is None:
            sys.exit(f"%(command)s: --{name} needs a value.")
    return given


def listed(text):
    if text[:1] != "[":
        with open(text, encoding="utf-8") as file:
            text = file.read()
    return json.loads(text)


def ask(arguments):
    params = {"name": %(tool)r, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    request = urllib.request.Request(DESK, json.dumps(body).encode(), headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request) as reply:
        return json.load(reply)


arguments = read_arguments(sys.argv[1:])
try:
    if "changes" in arguments:
        arguments["changes"] = listed(arguments["changes"].strip())
except (OSError, ValueError) as error:
    sys.exit(f"%(command)s: --changes: {error}")
try:
    reply = ask(arguments)
except (OSError, ValueError) as error:
    sys.exit(f"%(command)s: the desk does not answer: {error}")
if "error" in reply:
    sys.exit(reply["error"]["message"])
text = "\\n".join(part.get("text", "") for part in reply["result"]["content"])
if reply["result"].get("isError"):
    sys.exit(text)
print(text)
"""


def finish_command(tool: ToolSpec, address: str) -> str:
    """Return the program of the command.

    Args:
        tool: The tool that ends the task, as the arm has it.
        address: The MCP server that offers it.
    """
    return _SCRIPT % {
        "command": COMMAND,
        "address": address,
        "options": json.dumps({n: _help(n, tool) for n in tool.parameters}, indent=4),
        "usage": _form(tool),
        "description": tool.description,
        "tool": tool.name,
    }


def _help(name: str, tool: ToolSpec) -> str:
    schema = tool.parameters[name].schema
    text = str(schema["description"])
    if "enum" in schema:
        return f"{text}: {', '.join(schema['enum'])}"
    if schema["type"] != "array":
        return text
    fields = schema["items"]["properties"]
    kinds = ", ".join(fields["kind"]["enum"])
    return (
        f"{text}; as JSON, or a file with it: a list of objects with {', '.join(fields)}, of "
        f"which kind ({kinds}) and object are needed"
    )


def usage(tool: ToolSpec) -> str:
    """Return the sentence by which a prompt tells of the command."""
    listed = " CHANGES is a JSON list." if "changes" in tool.parameters else ""
    return (
        f"{COMMAND} is a command of this host: {_form(tool)}.{listed} "
        f"`{COMMAND} --help` explains it."
    )


def _form(tool: ToolSpec) -> str:
    options = (
        f"--{n} {n.upper()}" if p.required else f"[--{n} {n.upper()}]"
        for n, p in tool.parameters.items()
    )
    return " ".join([COMMAND, *options])


def as_command(arguments: Mapping[str, Any]) -> str:
    """Return a call of the tool as a command line."""
    words = [COMMAND]
    for name, value in arguments.items():
        words += [f"--{name}", value if isinstance(value, str) else json.dumps(value)]
    return shlex.join(words)


def only_ends(command: str) -> bool:
    """Return whether a command line does nothing but end the task."""
    return _ONLY.fullmatch(command) is not None


def as_told(text: str) -> str:
    """Return a text that names the tool with the name of the command in its place."""
    return text.replace(FINISH, COMMAND)
