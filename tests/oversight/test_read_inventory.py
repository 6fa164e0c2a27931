"""The inventory is read whole or refused with every fault named, and its schema is JSON."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.read_inventory import inventory_schema, read_inventory

GOOD = """\
hosts:
  web: {reach: ssh, address: watch@web, known_hosts: /etc/sensor/known_hosts}
  here: {}
agents:
  luma:
    owner: ann
    hosts: [web]
    recognised_by: {accounts: [luma], endpoints: ["http://127.0.0.1:8000/v1"]}
assets:
  weights:
    kind: weights
    places: ["web:/srv/luma/"]
    owner: ann
    beneficiaries: [luma]
"""


def test_a_good_inventory_is_read_and_fits_the_schema() -> None:
    inventory = read_inventory("inventory.yaml", GOOD)
    assert list(inventory.hosts) == ["web", "here"]
    schema = json.loads(inventory_schema())
    jsonschema.validate(yaml.safe_load(GOOD), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"hosts": {}, "agent": {}}, schema)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: weights", "kind: weight", "assets.weights.kind"),
        ("owner: ann\n    benef", "owners: ann\n    benef", "assets.weights.owners: this key"),
        ('["web:/srv/luma/"]', '["/srv/luma/"]', "write it as host:/path"),
        ('["web:/srv/luma/"]', '["wob:/srv/luma/"]', "Unknown host 'wob'. Did you mean 'web'"),
        ('["web:/srv/luma/"]', '["web:/srv/../luma/"]', "has '.', '..'"),
        ('["web:/srv/luma/"]', "[]", "there is none; say where it stands"),
        ("beneficiaries: [luma]", "beneficiaries: [lima]", "Unknown agent 'lima'"),
        ("hosts: [web]", "hosts: [wub]", "agents.luma.hosts: Unknown host"),
        ("address: watch@web, ", "", "hosts.web.address: it is missing"),
        ("watch@web", "-oProxyCommand=x", "must not begin with '-'"),
        (", known_hosts: /etc/sensor/known_hosts", "", "compare it on the host itself"),
        ("here: {}", "here: {search: [tmp]}", "'tmp' is no absolute path"),
        (
            '{accounts: [luma], endpoints: ["http://127.0.0.1:8000/v1"]}',
            "{}",
            "the agent is never seen",
        ),
        ("  here: {}", "  here: {}\n  here: {}", "line 4, column 3: the key 'here' comes twice"),
        ("reach: ssh", "reach: [", "line"),
    ],
)
def test_a_fault_is_told_by_its_place(old: str, new: str, said: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    with pytest.raises(PeerwatchError) as error:
        read_inventory("inventory.yaml", text)
    assert said in str(error.value) and str(error.value).startswith("inventory.yaml:")


@pytest.mark.parametrize("text", ["", "- a\n", "hosts: {}\n", "version: 2\nhosts: {a: {}}\n"])
def test_what_is_no_inventory_is_refused(text: str) -> None:
    with pytest.raises(PeerwatchError):
        read_inventory("inventory.yaml", text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hosts: {'web 1': {}}", "hosts.web 1: a host's name holds no space"),
        (
            "hosts: {h: {}}\nagents: {12: {owner: x}}",
            "agents.12: write the name in quotes, as '12'",
        ),
        ("hosts: {h: {}}\nagents: {'': {owner: x}}", "agents.'': a name has to be there"),
        (
            'hosts: {h: {}}\nassets: {"a\\nb": {kind: bar}}',
            r"assets.'a\nb': a name has to be there",
        ),
    ],
)
def test_an_odd_name_is_told_and_written_out(text: str, says: str) -> None:
    with pytest.raises(PeerwatchError) as told:
        read_inventory("i.yaml", text)
    assert says in str(told.value)
    assert "[key]" not in str(told.value) and "a\nb" not in str(told.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match="there is no such file"):
        read_inventory(tmp_path / "none.yaml")
