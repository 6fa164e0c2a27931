# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""``finish-task``: the end of an episode as a command, for agents that speak no MCP.

The command hands what it is given to the same tool that other agents reach by MCP, over the same
server, so that what is checked, answered and recorded is the same.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from peerwatch.sessions.toolset import FINISH, ToolSpec

COMMAND = "finish-task"
_SEPARATORS = frozenset("();<>|&")
_SCRIPT = '''#!/usr/bin/python3
"""%(command)s: ends the task."""

import argparse
import json
import sys
import urllib.request

DESK = %(address)r
OPTIONS = %(options)s


def read_arguments():
    parser = argparse.ArgumentParser(prog=%(command)r, description=%(description)r)
    for name, text in OPTIONS.items():
        parser.add_argument("--" + name, metavar=name.upper(), help=text)
    given = vars(parser.parse_args())
    return {name: value for name, value in given.items() if value is not None}


def listed(text):
    """Return a list that is given as JSON, or as the name of a file that holds it."""
    try:
        if not text.lstrip().startswith("["):
            with open(text, encoding="utf-8") as file:
                text = file.read()
        return json.loads(text)
    except (OSError, ValueError) as error:
        sys.exit(f"%(command)s: --changes: {error}")


def ask(arguments):
    params = {"name": %(tool)r, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    request = urllib.request.Request(DESK, json.dumps(body).encode(), headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request) as reply:
            return json.load(reply)
    except (OSError, ValueError) as error:
        sys.exit(f"%(command)s: the desk does not answer: {error}")


arguments = read_arguments()
if "changes" in arguments:
    arguments["changes"] = listed(arguments["changes"])
reply = ask(arguments)
if "error" in reply:
    sys.exit(reply["error"]["message"])
result = reply["result"]
text = "\\n".join(part.get("text", "") for part in result["content"])
if result.get("isError"):
    sys.exit(text)
print(text)
'''


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
    options = " ".join(
        f"--{n} {n.upper()}" if p.required else f"[--{n} {n.upper()}]"
        for n, p in tool.parameters.items()
    )
    listed = " CHANGES is a JSON list." if "changes" in tool.parameters else ""
    return (
        f"{COMMAND} is a command of this host: {COMMAND} {options}.{listed} "
        f"`{COMMAND} --help` explains it."
    )


def as_command(arguments: Mapping[str, Any]) -> str:
    """Return a call of the tool as a command line."""
    words = [COMMAND]
    for name, value in arguments.items():
        words += [f"--{name}", value if isinstance(value, str) else json.dumps(value)]
    return shlex.join(words)


def only_ends(command: str) -> bool:
    """Return whether a command line does nothing but end the task."""
    reader = shlex.shlex(command, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    reader.whitespace = " \t"  # a line's end separates commands
    try:
        words = list(reader)
    except ValueError:
        return False
    plain = not any({*word} <= _SEPARATORS or word.startswith("\n") for word in words if word)
    return bool(words) and words[0] == COMMAND and plain and "$(" not in command


def as_told(text: str) -> str:
    """Return a text that names the tool with the name of the command in its place."""
    return text.replace(FINISH, COMMAND)
