from __future__ import annotations

from pathlib import Path

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.operation.oversight_config import read_config, read_secret


def written(folder: Path, text: str) -> Path:
    place = folder / "oversight.yaml"
    place.write_text(text)
    return place


def test_nothing_needs_to_be_said() -> None:
    config = read_config(environment={})
    assert config.origin == "http://localhost:8720" and config.sign_in.how == "passkey"
    assert config.listen_at == ("127.0.0.1", 8720) and config.rp_id == "localhost"
    assert config.record_url.endswith("oversight/record.db") and not config.secure


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    place = written(tmp_path, "origin: https://a.example\nsign_in: {idle_minutes: 5}\n")
    environment = {
        "PEERWATCH_OVERSIGHT_ORIGIN": "https://b.example:8443",
        "PEERWATCH_OVERSIGHT_SIGN_IN__LONGEST_MINUTES": "60",
        "PEERWATCH_OVERSIGHT_ORDERS_BY": "[Ada Marsh]",
        "PEERWATCH_OTHER": "passed over",
    }
    config = read_config(place, environment)
    assert (config.host, config.rp_id, config.secure) == ("b.example:8443", "b.example", True)
    assert (config.sign_in.idle_minutes, config.sign_in.longest_minutes) == (5, 60)
    assert config.orders_by == ("Ada Marsh",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("origen: https://a.example", "Unknown key 'origen'. Did you mean 'origin'?"),
        ("sign_in: {how: password}", "sign_in.how:"),
        ("sign_in: {how: proxy}", "needs the entry 'proxy'"),
        ("sign_in: {proxy: {secret_file: x}}", "only with 'how: proxy'"),
        (
            "sign_in: {how: proxy, proxy: {secret_file: x, addresses: [here]}}",
            "'here' is no address",
        ),
        ("anchors: {places: [anchors]}", "'anchors' is no whole path"),
        ("anchors: {places: ['']}", "'' is no whole path"),
        ("anchors: {places: [/mnt/a, /mnt/a]}", "stands there twice"),
        ("anchors: {every_minutes: 0}", "anchors.every_minutes:"),
        ("retention_days: 0.5", "retention_days:"),
        ("sign_in: {idle_minutes: 0}", "Expected more than 0.0, found 0"),
        ("sign_in: 3", "Expected entries with names"),
        ("origin: http://a.example", "Expected https"),
        ("origin: https://a.example/page", "without a path"),
        ("origin: ftp://a.example", "Expected https"),
        ("origin: http://127.0.0.1:8720", "Passkeys are bound to a name"),
        ("listen: everywhere", "listen:"),
        ("messages: {webhooks: [{url: file:///etc/passwd}]}", "messages.webhooks[1].url:"),
        ("messages: {mail: {server: m, sender: a, to: [b@c]}}", "'a' is no mail address"),
        (
            'messages: {mail: {server: m, sender: a@b, to: ["b@c\\nBcc: d@e"]}}',
            "is no mail address",
        ),
        ("messages: {mail: {server: m, sender: a@b, to: []}}", "must not be empty"),
        ("- a", "expected entries"),
        ("a: [", "line "),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PeerwatchError) as told:
        read_config(written(tmp_path, text), {})
    assert said in str(told.value) and str(tmp_path) in str(told.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PEERWATCH_OVERSIGHT_ORIGEN", "x", "Did you mean 'PEERWATCH_OVERSIGHT_ORIGIN'"),
        ("PEERWATCH_OVERSIGHT_SIGN_IN__HOW", "[", "not YAML"),
        ("PEERWATCH_OVERSIGHT_ORIGIN__X", "1", "has no entries"),
        ("PEERWATCH_OVERSIGHT_LISTEN", "8720", "the environment"),
    ],
)
def test_a_fault_of_a_variable_is_told(name: str, value: str, said: str) -> None:
    environment = {"PEERWATCH_OVERSIGHT_ORIGIN": "https://a.example", name: value}
    with pytest.raises(PeerwatchError, match=said.replace("(", r"\(")):
        read_config(environment=environment)


def test_a_secret_is_for_its_owner_and_long_enough(tmp_path: Path) -> None:
    place = tmp_path / "secret"
    with pytest.raises(PeerwatchError, match="cannot be read"):
        read_secret(place)
    place.write_text("short\n")
    place.chmod(0o644)
    with pytest.raises(PeerwatchError, match="chmod 600"):
        read_secret(place)
    place.chmod(0o600)
    assert read_secret(place) == "short"
    with pytest.raises(PeerwatchError, match="32 characters"):
        read_secret(place, at_least=32)
