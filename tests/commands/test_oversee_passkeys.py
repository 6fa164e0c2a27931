"""Who may sign in on the page, by command: codes, the list, a withdrawal."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from peerwatch.commands.oversee import oversee_app
from peerwatch.oversight.operation.oversight_config import OversightConfig
from peerwatch.oversight.page.enrolment import whose_code
from peerwatch.oversight.page.passkeys import Passkey, passkeys
from peerwatch.oversight.state_folder import make_state, open_record


def run(state: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(oversee_app, [*words, "--state", str(state)])
    return done.exit_code, done.output if done.exception is None else str(done.exception)


def test_a_passkey_is_listed_and_withdrawn(tmp_path: Path) -> None:
    config = OversightConfig(state=tmp_path / "state")
    make_state(config)
    assert "Nobody has a passkey" in run(config.state, "passkeys")[1]
    code = run(config.state, "passkey-code", "Ben Okoro")[1].strip()
    assert whose_code(config.state, code) == "Ben Okoro"
    with open_record(config) as record:
        for person, name in (("Ada\u202e", "YWFh"), ("Ben", "YmJi")):
            leaf = Passkey(person, name, "AAAA", 0).as_json()
            body = {"person": person, "how": "passkey_enrolled", "passkey": leaf}
            record.append("signed_in", body)
    told = run(config.state, "passkeys")[1]
    assert "616161  Ada\\u202e" in told and "626262  Ben" in told
    listed = json.loads(run(config.state, "passkeys", "--json")[1])["passkeys"]
    assert [one["id"] for one in listed] == ["616161", "626262"]
    for word in ("", "6", "77"):
        code_, told = run(config.state, "passkey-withdraw", word)
        assert code_ == 1 and "passkeys begin with" in told
    assert "of Ben signs in no more" in run(config.state, "passkey-withdraw", "62")[1]
    with open_record(config) as record:
        left = passkeys(one.body for one in record.entries(("signed_in",)))
    assert [one.person for one in left.values()] == ["Ada\u202e"]
