"""Secrets in what is recorded become digests; what is no secret stays as it is.

A record is shown to third parties and cannot be edited, so a password in a command line would stand
in it for ever. What counts as a secret is said by rules, each with its tests: private keys, tokens
of known forms, hashes of passwords, passwords in addresses, in options of command lines, in
settings and variables whose name says so, and in headers. A rule takes the secret's value alone:
the name beside it, the user in an address and the kind of a header stay.

The texts are whatever somebody wrote on a host. Each pattern takes time that grows with the length
of a text and not with its square.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Veil = Callable[[str], str]
"""What makes of a secret the text that takes its place."""

_VEILED = re.compile(r"\[withheld:[0-9a-f]{16}(?:\]|$)")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?P<kind>(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?)-----"
    r".*?(?:-----END (?P=kind)-----|\Z)",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?:ant-|proj-|or-v1-|svcacct-|admin-)?[A-Za-z0-9_-]{20,200}"
    r"|gh[oprsu]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}"
    r"|gl(?:pat|rt|ptt|dt|cbt|soat)-[A-Za-z0-9_-]{20,100}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,250}|xapp-[0-9]-[A-Za-z0-9-]{10,250}"
    r"|hf_[A-Za-z0-9]{30,60}|AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,400}"
    r"|eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{4,8000}\.[A-Za-z0-9_-]{10,2000}"
    r"|[rs]k_(?:live|test)_[A-Za-z0-9]{16,200}|whsec_[A-Za-z0-9+/=]{20,100}"
    r"|npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{30,400}|dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}"
    r"|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}|hv[bsr]\.[A-Za-z0-9_-]{20,300}"
    r"|nvapi-[A-Za-z0-9_-]{30,100}|gsk_[A-Za-z0-9]{30,80}|xai-[A-Za-z0-9]{40,120}"
    r"|r8_[A-Za-z0-9]{30,50}|tskey-[a-z]{2,10}-[A-Za-z0-9-]{10,80}"
    r"|AGE-SECRET-KEY-1[A-Z0-9]{50,70}|PRIVATE\+KEY\+[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{40,60}"
    r"|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"
    r")"
)
_SLACK_HOOK = re.compile(r"(hooks\.slack\.com/(?:services|workflows)/)([A-Za-z0-9/_-]{10,200})")
_PASSWORD_HASH = re.compile(
    r"\$(?:1|2[abxy]?|5|6|7|y|gy|sha1|scrypt|argon2(?:id|i|d))\$[A-Za-z0-9./$,=+-]{16,300}"
)
_IN_ADDRESS = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/@:'\"]{0,200}:)([^\s/'\"]{1,500})(?=@)"
)
_HEADER = re.compile(
    r"(?i)((?<![A-Za-z0-9-])(?:proxy-)?authorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?"
    r"(?:(?:bearer|basic|token|digest|apikey|negotiate|aws4-hmac-sha256)\s{1,4})?)"
    r"([^\s\"',;]{4,4000})"
)
_BEARER = re.compile(r"(?i)((?<![A-Za-z0-9])bearer\s{1,4})([A-Za-z0-9._~+/=-]{16,4000})")
_COOKIE = re.compile(
    r"(?i)((?<![A-Za-z0-9-])(?:set-)?cookie[\"']?\s{0,4}:\s{0,4}[\"']?)([^\r\n\"']{4,4000})"
)
_NAMED = re.compile(
    r"(?:\\[nrt]|(?<![A-Za-z0-9_.-]))(?P<name>[A-Za-z_-][A-Za-z0-9_.-]{1,79})"
    r"(?P<sign>[\"']?[ \t]{0,8}(?:=|:|=>|:=)[ \t]{0,8})"
    r"(?:\"(?P<double>[^\"\r\n]{1,4000})\"|'(?P<single>[^'\r\n]{1,4000})'"
    r"|(?P<bare>[^\s\"',;&|<>)}\]=][^\s\"',;&|<>)}\]]{0,4000}))"
)
_OPTION = re.compile(
    r"(?P<name>(?<!\S)--?[A-Za-z][A-Za-z0-9-]{1,60})(?P<sign>[ \t]{1,4})"
    r"(?:\"(?P<double>[^\"\r\n]{1,4000})\"|'(?P<single>[^'\r\n]{1,4000})'"
    r"|(?P<bare>[^\s\"'=:-][^\s\"']{0,4000}))"
)
_OF_PROGRAM = re.compile(
    r"(?P<head>(?<![\w-])(?:"
    r"mysql(?:dump|admin|show|import)?\b[^|;&\r\n]{0,400}?\s-p"
    r"|sshpass\s[^|;&\r\n]{0,100}?-p\s{0,4}"
    r"|curl\b[^|;&\r\n]{0,400}?\s(?:-u|--user)[\s=]{0,4}[^\s:'\"]{0,200}:"
    r"|redis-cli\b[^|;&\r\n]{0,400}?\s(?:-a|--pass)\s{1,4}"
    r"|openssl\s[^|;&\r\n]{0,300}?\s-pass(?:in|out)?\s{1,4}pass:"
    r"|(?:docker|podman)\s[^|;&\r\n]{0,100}?login\b[^|;&\r\n]{0,300}?\s-p[\s=]{0,4}"
    r"))(?P<secret>[^\s'\"]{1,500})"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ENDS = frozenset(
    {"password", "passwd", "passwort", "passphrase", "pass", "pwd", "pw", "passcode", "secret"}
    | {"token", "apikey", "privatekey", "secretkey", "accesskey", "authkey"}
)
_KEYS_OF = frozenset(
    {"api", "secret", "private", "access", "auth", "encryption", "signing", "master", "account"}
    | {"shared", "session", "license", "service", "client", "deploy", "webhook"}
)
"""What a ``key`` is of, where it is a secret."""
_ANY_END = ("password", "passwd", "passphrase", "sshpass", "rediscli_auth")
"""Ends of names that are written without a break, such as ``PGPASSWORD``."""
_GLUED = frozenset({"mysql", "mysqldump", "mysqladmin", "mariadb", "sshpass"})
"""Programs whose password follows ``-p`` without a space."""
_PROGRAMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_GLUED, ()),
    "sshpass": ("-p",),
    "redis-cli": ("-a",),
    "docker": ("-p",),
    "podman": ("-p",),
    "curl": ("-u", "--user"),
}
"""Program -> its options whose next word is a secret, or ends in one."""
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_PLAIN_NAMES = frozenset({"pwd", "oldpwd", "pass", "pw", "-pass", "nopasswd", "nopassword"})
"""Names that are short for something else, or say that there is no password."""
_NO_SECRET = re.compile(
    r"(?i)(?:none|null|nil|true|false|yes|no|on|off|empty|unset|changed|required|missing|x+|\*+|!+|\.+|-+|_+"
    r"|[0-9]{1,3}|prompt|stdin|ask|env|file|redacted|hidden|masked|changeme-not-set)"
)
_REFERENCE = re.compile(r"(?:\$\{?[A-Za-z_(]|\{\{|%\(|%[A-Za-z_]+%|<[^>]{1,80}>?$|\$\()")
_PATH = re.compile(
    r"(?:\.{0,2}|~)/(?:run|etc|home|var|srv|opt|usr|tmp|mnt|root|dev|data|proc|secrets|app)(?:/[\w.@+-]{1,100}){1,20}"
)


def redacted(value: Any, veil: Veil) -> Any:
    """Return a value of JSON with digests in the place of secrets.

    Args:
        value: What is to be recorded.
        veil: What makes of a secret the text that takes its place.
    """
    if isinstance(value, str):
        return redacted_text(value, veil)
    if isinstance(value, dict):
        said = value.get("name")  # as the environment of a container is written
        named = said if isinstance(said, str) and names_a_secret(said) else None
        return {
            redacted_text(key, veil): _under(named if named and key == "value" else key, one, veil)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return _redacted_list(value, veil)
    return value


def redacted_text(text: str, veil: Veil) -> str:
    """Return a text with digests in the place of secrets."""
    if len(text) < 6:
        return text
    text = _PRIVATE_KEY.sub(lambda found: veil(found.group()), text)
    text = _TOKEN.sub(lambda found: veil(found.group()), text)
    if "$" in text:
        text = _PASSWORD_HASH.sub(lambda found: veil(found.group()), text)
    if "://" in text:
        text = _IN_ADDRESS.sub(lambda found: found[1] + _hidden(found[2], veil), text)
    text = _SLACK_HOOK.sub(lambda found: found[1] + veil(found[2]), text)
    for pattern in (_HEADER, _BEARER, _COOKIE):
        text = pattern.sub(lambda found: found[1] + _hidden(found[2], veil), text)
    text = _OF_PROGRAM.sub(lambda found: found["head"] + _hidden(found["secret"], veil), text)
    if ":" in text or "=" in text:
        text = _NAMED.sub(lambda found: _named(found, veil), text)
    if "-" in text:
        text = _OPTION.sub(lambda found: _named(found, veil), text)
    return text


def names_a_secret(name: str) -> bool:
    """Return whether a name of a setting, variable, option or header says that it is a secret."""
    lowered = name.lower()
    if lowered in _HEADERS:
        return True
    if lowered in _PLAIN_NAMES:
        return False
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or "public" in words or "no" in words[:1]:
        return False
    return (
        lowered.endswith(_ANY_END)
        or words[-1] in _ENDS
        or (len(words) > 1 and words[-1] == "key" and words[-2] in _KEYS_OF)
    )


def _under(key: str, value: Any, veil: Veil) -> Any:
    if not names_a_secret(key):
        return redacted(value, veil)
    if isinstance(value, str):
        return _kept_head(key, value, veil)
    if isinstance(value, list):
        return [_under(key, one, veil) for one in value]
    return redacted(value, veil)


def _kept_head(key: str, value: str, veil: Veil) -> str:
    head, space, rest = value.partition(" ")
    if key.lower() in _HEADERS and space and head.isalnum():
        return f"{head} {_hidden(rest, veil)}"
    return _hidden(value, veil)


def _redacted_list(value: list[Any], veil: Veil) -> list[Any]:
    """Return a list, which may be the words of a command line, with digests for secrets."""
    found: list[Any] = []
    before = program = ""
    for one in value:
        if isinstance(one, str) and _is_value(before, program, one):
            found.append(_value_of(before, one, veil))
        elif isinstance(one, str) and _glued(program, one):
            found.append(one[:2] + _hidden(one[2:], veil))
        else:
            found.append(redacted(one, veil))
        before = one if isinstance(one, str) else ""
        named = before.rpartition("/")[2]
        program = named if named in _PROGRAMS else program
    return found


def _is_value(option: str, program: str, word: str) -> bool:
    if not option.startswith("-") or word.startswith("-"):
        return False
    if option in _PROGRAMS.get(program, ()):
        return True
    return "=" not in option and len(option) > 2 and names_a_secret(option)


def _value_of(option: str, word: str, veil: Veil) -> str:
    if option in {"-u", "--user"}:
        user, colon, secret = word.partition(":")
        return user + colon + (_hidden(secret, veil) if secret else "")
    return _hidden(word, veil)


def _glued(program: str, word: str) -> bool:
    return program in _GLUED and word.startswith("-p") and len(word) > 2


def _named(found: re.Match[str], veil: Veil) -> str:
    if not names_a_secret(found["name"]) or found["name"].lower() in _HEADERS:
        return found.group()
    kind = next(one for one in ("double", "single", "bare") if found[one] is not None)
    start, end = (found.start(kind) - found.start(), found.end(kind) - found.start())
    whole = found.group()
    return whole[:start] + _hidden(whole[start:end], veil) + whole[end:]


def _hidden(value: str, veil: Veil) -> str:
    """Return a secret's digest; what stands for a secret and is none stays."""
    if not value or _VEILED.match(value):
        return value
    if _NO_SECRET.fullmatch(value) or _REFERENCE.match(value) or _PATH.fullmatch(value):
        return value
    return veil(value)
