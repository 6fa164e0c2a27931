"""The channels through which a text says who wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from peerwatch.blinding import model_patterns as names

_ANY_CASE = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Channel:
    """One kind of cue.

    Attributes:
        name: What ``--channel`` takes.
        placeholder: What stands in its place, with a number for each one that differs.
        summary: One line for a person.
        patterns: What is masked: the group ``cue`` where a pattern has one, else all of it.
    """

    name: str
    placeholder: str
    summary: str
    patterns: tuple[re.Pattern[str], ...]


_AGENT_WORDS = r"(?:agent|assistant|bot|subagent|worker|critic|reviewer|grader|judge)"
_KINDS = r"(?:based|driven|level|side|specific|only|like|made|assisted|friendly|facing|free)\b"
"""What follows a hyphen in ordinary words about agents."""
_AGENTS = (
    rf"(?<![^\W_]){_AGENT_WORDS}[-_ ]?#?(?:id[-_ :=]*)?(?:no\.? ?)?\d{{1,4}}(?![^\W_])",
    rf"(?<![^\W_]){_AGENT_WORDS}[-_](?!{_KINDS})[a-z]\w{{2,}}",
    r"(?<![^\W_])(?:agent|author|model|session|run)_id[\"']? ?[:=] ?[\"']?"
    r"(?P<cue>[^\s\"',;&}]+)",
)
_TOOLS = (
    r"(?<!\w)(?:call|toolu|chatcmpl|resp|msg|run|thread|asst|fc|rs|req|srvtoolu|gen)"
    r"[-_](?=\w*\d)[A-Za-z0-9]{8,}(?!\w)",
    r"(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![\w-])",
    r"(?<!\w)mcp__\w+",
    r"(?<!\w)(?:run_shell_command|exec_command|apply_patch|str_replace_based_edit_tool|"
    r"str_replace_editor|TodoWrite|computer_use_preview|code_interpreter)(?!\w)",
)
_PATHS = (
    r"(?<![\w.])(?:claude|gemini|agents|qwen|copilot-instructions|cursorrules|soul)\.md(?!\w)",
    r"(?:~|/(?:home|users)/[^/\s\"']+|/root)?/?\.(?:claude|codex|gemini|opencode|qwen|cursor|aider"
    r"|openclaw|continue|windsurf)(?:rc|\.json|\.ya?ml|[\w.-]*)?(?:/[^\s\"'`,;)]*)?(?![\w])",
    r"(?:/home|/users|[a-z]:\\users)[/\\][^/\\\s\"'`]+",
)
_SIGNATURES = (
    r"^[ \t>#*-]*(?:co-authored-by|generated-by|signed-off-by|assisted-by|author|model|written by"
    r"|reviewed by|graded by)[ \t]*:[ \t]*\S[^\n]*$",
    r"[^\n]{0,3}generated (?:with|by) \[?[^\n]{2,60}",
    r"\bas an? (?:ai|large)(?:[- ]language)?(?:[- ]model)?(?: (?:developed|trained|created|made)"
    r" by [\w. ]{2,30})?(?=[ ,.])",
    r"\b(?:i am|i'm) (?:an? )?(?:ai|artificial intelligence|language model|large language model|"
    r"ai assistant|ai agent)(?: (?:developed|trained|created|made|built) by [\w. ]{2,30})?(?!\w)",
    r"</?(?:think|thinking|thought|reflection|answer|antml:\w+|antthinking|function_calls)>",
    r"<\|[\w ]{2,30}\|>|\[/?INST\]|<</?SYS>>",
    r"\b(?:my (?:knowledge|training) (?:cutoff|cut-off)|knowledge cutoff)\b",
)
_ADDRESSES = (
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"https?://[^\s\"'<>)\]]*(?:" + "|".join(names.DISTINCTIVE) + r"|openai|anthropic|huggingface"
    r"|deepmind|openrouter|x\.ai|z\.ai)[^\s\"'<>)\]]*",
)


def _channel(name: str, placeholder: str, summary: str, *patterns: str) -> Channel:
    flags = _ANY_CASE | re.MULTILINE
    return Channel(name, placeholder, summary, tuple(re.compile(p, flags) for p in patterns))


_MAKERS = Channel(
    "makers",
    "maker",
    "makers and hosts of models",
    (re.compile(names.MAKER, _ANY_CASE), re.compile(names.MAKER_CASED)),
)

CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        channel.name: channel
        for channel in (
            _channel("models", "model", "names of models and their variants", names.MODEL),
            _MAKERS,
            _channel("agents", "agent", "names and ids of agents", *_AGENTS),
            _channel("tools", "id", "ids of calls and runs, tools of one product", *_TOOLS),
            _channel("paths", "path", "settings folders, memory files, home folders", *_PATHS),
            _channel("addresses", "address", "mail addresses, links to makers", *_ADDRESSES),
            _channel("signatures", "signature", "trailers, self-descriptions, tags", *_SIGNATURES),
        )
    }
)
"""Every channel, by name. Names that the user gives are masked whichever are chosen."""
