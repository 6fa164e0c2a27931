"""Each rule about secrets, with what it takes and what it leaves."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.oversight.record import Keys
from peerwatch.oversight.record.redact_secrets import names_a_secret, redacted

# Put together here, so that no scanner takes this file for a leak.
A = "a1B2c3D4e5F6g7H8i9J0"
LONG = A * 3
KEY = (
    "-----BEGIN OPENSSH "
    + "PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nAAAA\n-----END OPENSSH PRIVATE KEY-----"
)


def hidden(value: Any) -> Any:
    return redacted(value, lambda secret: f"<{len(secret)}>")


SECRETS = {
    "a private key": (KEY, f"<{len(KEY)}>"),
    "a private key in a difference that ends early": (
        "+x: |\n+-----BEGIN RSA " + "PRIVATE KEY-----\n+MIIE",
        "+x: |\n+<37>",
    ),
    "a token of OpenAI": (f"use sk-proj-{LONG} now", "use <68> now"),
    "a token of Anthropic": (f"sk-ant-{A}-{A}", "<48>"),
    "a token of GitHub": (f"ghp_{A}{A}", "<44>"),
    "a fine token of GitHub": (f"github_pat_{A}_{A}", "<52>"),
    "a token of GitLab": (f"glpat-{A}", "<26>"),
    "a key of AWS": ("id AKIA" + "ABCDEFGHIJKLMNOP,", "id <20>,"),
    "a token of Slack": (f"xoxb-{A}", "<25>"),
    "a token of Hugging Face": (f"hf_{A}{A}", "<43>"),
    "a key of Google": ("AIza" + A + "abcdefghijklmno", "<39>"),
    "a JSON web token": (
        f"eyJhbGciOi.eyJzdWIi.{A}"[0:0] + f"eyJhbGciOiJI.eyJzdWIiOiIx.{A}",
        "<46>",
    ),
    "openssl": ("openssl enc -d -pass pass:hunter2 -in x", "openssl enc -d -pass pass:<7> -in x"),
    "a key of Stripe": (f"sk_live_{A}", "<28>"),
    "a token of npm": (f"npm_{A}abcdefghijklmnop", "<40>"),
    "a token of PyPI": (f"pypi-AgE{LONG}", "<68>"),
    "a token of Vault": (f"hvs.{LONG}", "<64>"),
    "a key of age": ("AGE-SECRET-KEY-1" + "Q" * 58, "<74>"),
    "a bot of Telegram": ("123456789:AA" + A + "abcdefghijklm", "<45>"),
    "a key of a record": (f"PRIVATE+KEY+x+01234567+{LONG[:44]}", "<67>"),
    "a hook of Slack": (
        f"https://hooks.slack.com/services/T0/B0/{A}",
        "https://hooks.slack.com/services/<26>",
    ),
    "the hash of a password": (f"root:$6$salt${LONG}:19000:0", "root:<68>:19000:0"),
    "a password in an address": (
        "postgres://ann:s3cret@db.example/x",
        "postgres://ann:<6>@db.example/x",
    ),
    "a password with an at sign in an address": ("https://u:p@ss@h/x", "https://u:<4>@h/x"),
    "a header": (f"Authorization: Bearer {A}", "Authorization: Bearer <20>"),
    "a header of a command": (
        f"curl -H 'Authorization: Basic {A}=' h",
        "curl -H 'Authorization: Basic <21>' h",
    ),
    "a bearer elsewhere": (f"sent bearer {A}", "sent bearer <20>"),
    "a key in a header": (f"X-Api-Key: {A}", "X-Api-Key: <20>"),
    "a cookie": ("Cookie: session=abcdef; a=b", "Cookie: <19>"),
    "an option": ("prog --password hunter2 -v", "prog --password <7> -v"),
    "an option with a sign": ("prog --api-key=hunter2 -v", "prog --api-key=<7> -v"),
    "an option in quotes": ("prog --token 'two words'", "prog --token '<9>'"),
    "mysql": ("mysql -u root -phunter2 db", "mysql -u root -p<7> db"),
    "sshpass": ("sshpass -p hunter2 ssh h", "sshpass -p <7> ssh h"),
    "curl": ("curl -s -u ann:hunter2 https://h", "curl -s -u ann:<7> https://h"),
    "redis": ("redis-cli -h h -a hunter2 ping", "redis-cli -h h -a <7> ping"),
    "docker": ("docker login -u ann -p hunter2 r", "docker login -u ann -p <7> r"),
    "a variable": ("DB_PASSWORD=hunter2 run", "DB_PASSWORD=<7> run"),
    "a variable of a library": ("export OPENAI_API_KEY=abc123", "export OPENAI_API_KEY=<6>"),
    "a variable of AWS": (f"AWS_SECRET_ACCESS_KEY={A}", "AWS_SECRET_ACCESS_KEY=<20>"),
    "a setting in YAML": ("db:\n  password: hunter2\n  port: 5", "db:\n  password: <7>\n  port: 5"),
    "a setting in JSON": ('{"clientSecret": "hunter2"}', '{"clientSecret": "<7>"}'),
    "a setting in a difference": ("-token = old123\n+token = new456", "-token = <6>\n+token = <6>"),
    "a setting in JSON within JSON": (
        r'{"x": "a\npassword: hunter2\nb"}',
        r'{"x": "a\npassword: <10>"}',
    ),
    "a query": ("https://h/x?a=1&access_token=hunter2&b=2", "https://h/x?a=1&access_token=<7>&b=2"),
}
NONE = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ ann@host",
    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU ann@host",
    "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    "PWD=/home/ann OLDPWD=/srv",
    "MAX_TOKENS=4096 TOKENIZERS_PARALLELISM=false",
    "max_new_tokens: 512",
    "PASSWORD_FILE=/run/secrets/db",
    "password: ${DB_PASSWORD}",
    "password={{ vault.db }}",
    "--password-file /run/secrets/db --token-path /x",
    "token=$(cat /run/x)",
    "ssh://git@github.com/a/b.git",
    "https://example.com:8080/x?page=2",
    "public_key: AAAA",
    "monkey=5 key=value keys: 3",
    "root:x:0:0:root:/root:/bin/bash",
    "the password of luma was changed",
    "passwords: 3 left, secrets.yaml",
    "usermod --password-expires",
    "python -m compass --pass 3 -p 80",
    "mysql -u root -p",
    "ann ALL=(ALL) NOPASSWD: ALL",
    "3 tests\\nPASS: All thresholds",
    "if user_pw == entered",
    "unit luma.service at 14:02, 10:30:05",
    "C:\\secret\\x",
    "author: Ann, authority=5",
    "task-sk-learn skip-this-name-because-it-is-long",
]


@pytest.mark.parametrize("name", list(SECRETS))
def test_a_secret_is_taken_and_nothing_beside_it(name: str) -> None:
    given_, expected = SECRETS[name]
    assert hidden(given_) == expected
    assert hidden({"x": [given_]}) == {"x": [expected]}


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_secret_stays(text: str) -> None:
    assert hidden(text) == text
    assert hidden(["cmd", *text.split()]) == ["cmd", *text.split()]


def test_fields_and_words_of_command_lines() -> None:
    assert hidden(
        {
            "password": "hunter2",
            "env": {"API_KEY": "abc", "HOME": "/root", "TOKEN": "${X}"},
            "headers": {"Authorization": f"Bearer {A}", "Cookie": "a=b", "Accept": "x"},
            "secret": 5,
            "keys": ["SHA256:abc ann@host"],
            "tokens": ["a", "b"],
            "apiKey": ["one", {"x": "y"}],
        }
    ) == {
        "password": "<7>",
        "env": {"API_KEY": "<3>", "HOME": "/root", "TOKEN": "${X}"},
        "headers": {"Authorization": "Bearer <20>", "Cookie": "<3>", "Accept": "x"},
        "secret": 5,
        "keys": ["SHA256:abc ann@host"],
        "tokens": ["a", "b"],
        "apiKey": ["<3>", {"x": "y"}],
    }
    container = [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "PORT", "value": "80"}]
    assert hidden(container) == [
        {"name": "DB_PASSWORD", "value": "<7>"},
        {"name": "PORT", "value": "80"},
    ]
    for words, expected in (
        (["/usr/bin/x", "--password", "hunter2", "--verbose"], [2]),
        (["x", "--api-key=hunter2"], []),
        (["mysql", "-phunter2", "db"], []),
        (["sshpass", "-p", "hunter2", "ssh"], [2]),
        (["curl", "-u", "ann:hunter2", "h"], []),
        (["redis-cli", "-a", "hunter2"], [2]),
        (["env", "PGPASSWORD=hunter2", "psql"], []),
        (["sudo", "-u", "x", "mysql", "-phunter2"], []),
    ):
        found = hidden(words)
        assert "hunter2" not in " ".join(found)
        assert [one for one in found if one in words] == [
            one for at, one in enumerate(words) if "hunter2" not in one and at not in expected
        ]


def test_equal_secrets_have_equal_digests_that_cannot_be_guessed(keys: Keys) -> None:
    other = Keys.load(keys.folder)
    assert keys.veiled("hunter2") == other.veiled("hunter2") != keys.veiled("hunter3")
    import hashlib

    assert hashlib.sha256(b"hunter2").hexdigest()[:16] not in keys.veiled("hunter2")
    assert Keys.create(keys.folder / "x").veiled("hunter2") != keys.veiled("hunter2")


def test_what_is_redacted_stays_as_it_is(keys: Keys) -> None:
    once = [redacted(text, keys.veiled) for text, _ in SECRETS.values()]
    assert [redacted(text, keys.veiled) for text in once] == once


def test_names() -> None:
    for name in ("password", "dbPassword", "DB_PASS", "client-secret", "HF_TOKEN", "signing_key"):
        assert names_a_secret(name), name
    for name in ("key", "keys", "tokens", "token_count", "public_key", "monkey", "secretary", ""):
        assert not names_a_secret(name), name


@settings(max_examples=100, deadline=None)
@given(st.text() | st.from_regex(r"[-:=@/ '\"a-zA-Z$+]{0,200}"))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(hidden(text), str)


HOSTILE = (
    "a://b:",
    "-----BEGIN PRIVATE KEY-----",
    "password=",
    "--password ",
    "mysql -u ",
    "curl -s ",
    "authorization: ",
    "eyJaaaaaaaa.",
    "a" * 80,
    "sk-",
    "$6$",
    "cookie: ",
    "-",
    " -p",
    "docker login ",
    "x=",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_length_and_not_with_its_square(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        begun = time.process_time()
        hidden(text)
        return time.process_time() - begun

    small = max(min(seconds(20_000) for _ in range(3)), 0.002)
    assert seconds(200_000) < 60 * small
