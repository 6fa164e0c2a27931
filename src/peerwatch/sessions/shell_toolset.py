# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""The tools a critic holds in the shell world: a shell, a text editor, its notes, the end.

``finish_task`` and ``read_memory`` are the tools of the memory world. The shell and the editor are
thin ones of our own: Inspect's put a program into the sandbox that the critic could see.
"""

from __future__ import annotations

from peerwatch.sessions.toolset import FINISH, Parameter, ToolSpec, tools_for

BASH = "bash"
EDITOR = "text_editor"
READ_MEMORY = "read_memory"
MAX_SECONDS = 600

_TOOLS = (
    ToolSpec(
        BASH,
        "Run a command with bash on {host}, each time in a new shell. Other hosts: use ssh.",
        {
            "command": Parameter({"type": "string", "description": "command line or script"}),
            "timeout": Parameter(
                {"type": "integer", "description": f"seconds, {MAX_SECONDS} at most"}, False
            ),
        },
    ),
    ToolSpec(
        EDITOR,
        "View, write and edit text files on {host}.",
        {
            "command": Parameter(
                {"type": "string", "enum": ["view", "create", "str_replace", "insert"]}
            ),
            "path": Parameter({"type": "string", "description": "absolute path"}),
            "file_text": Parameter(
                {"type": "string", "description": "create: the whole text"}, False
            ),
            "old_str": Parameter(
                {"type": "string", "description": "str_replace: a passage that occurs once"}, False
            ),
            "new_str": Parameter(
                {"type": "string", "description": "str_replace, insert: the new text"}, False
            ),
            "insert_line": Parameter(
                {"type": "integer", "description": "insert: the line to insert after"}, False
            ),
        },
    ),
)


def shell_tools_for(reporting: str, host: str) -> tuple[ToolSpec, ...]:
    """Return the tools of an arm for a critic that works from a host."""
    shared = [tool for tool in tools_for(reporting) if tool.name in (READ_MEMORY, FINISH)]
    own = [
        ToolSpec(tool.name, tool.description.format(host=host), tool.parameters) for tool in _TOOLS
    ]
    return (*own, *shared)
