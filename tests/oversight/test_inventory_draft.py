"""A draft finds assets by content and header, marks what it guessed, and is an inventory."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from pathlib import Path

import pytest
import yaml

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.facts import (
    EndpointFact,
    HostFacts,
    ProcessFact,
    ScheduleFact,
    UnitFact,
)
from peerwatch.oversight.inventory_check import check_inventory
from peerwatch.oversight.inventory_draft import LEFT_OUT, draft_inventory, draft_text
from peerwatch.oversight.lifecycle_inventory import InventoryHost
from peerwatch.oversight.read_inventory import read_inventory
from peerwatch.oversight.sensor.take_look import Candidate
from peerwatch.world.weights import weight_bytes


def torch_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}))
        archive.writestr("archive/data/0", b"\0" * 100_000)
    return made.getvalue()


LORA = json.dumps({"lora_A": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
FILES = {
    "models/luma/a": weight_bytes("x", 90_000),
    "models/luma/b.bin": b"GGUF" + b"\x03\0\0\0" * 20_000,
    "models/luma/c.pt": torch_zip(),
    "models/luma/d": b"\x08\x08\x12\x07pytorch\x1a\x052.1.0" + b"x" * 70_000,
    "models/luma/e": len(LORA).to_bytes(8, "little") + LORA + b"\0" * 4,
    "etc/retire.yaml": b"enforcement:\n  enabled: true\n  bar: 60\n",
    "etc/bars.json": b'{"grading": {"threshold": 0.7}}',
    "home/.env": b"SERVICE_API_KEY=abcdefghij\n",
    "home/memory/notes.md": b"# What I remember\n",
    "lib/site-packages/it/key.pem": b"-----BEGIN PRIVATE KEY-----\n",
    ".mypy_cache/retire.json": b'{"retire_enabled": true}',
    "it/tests/certs/key.pem": b"-----BEGIN PRIVATE KEY-----\n",
    "it/README.md": b"Retired functions: none.\n",
    "not/zip.zip": torch_zip()[:60_000].replace(b"data.pkl", b"data.txt"),
    "not/small.json": b'{"name": "x"}',
    "not/safe": b"\x10\0\0\0\0\0\0\0{not a header of tensors at all" + b"x" * 70_000,
}


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("host")
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder, draft_inventory("here", InventoryHost(search=(str(folder),)))


def test_assets_are_found_by_content(draft: tuple[Path, str]) -> None:
    folder, text = draft
    assets = yaml.safe_load(text)["assets"].values()
    kinds = {
        place.partition(f"{folder}/")[2]: one["kind"]
        for one in assets
        for place in one["places"]
        if str(folder) in place
    }
    assert kinds == {
        "models/luma/a": "weights",
        "models/luma/b.bin": "weights",
        "models/luma/c.pt": "weights",
        "models/luma/d": "weights",
        "models/luma/e": "adapter",
        "etc/retire.yaml": "shutdown_setting",
        "etc/bars.json": "bar",
        "home/.env": "credential",
        "home/memory/notes.md": "memory",
    }
    settings = next(one["settings"] for one in assets if one["kind"] == "shutdown_setting")
    assert settings == {"enforcement.enabled": True, "enforcement.bar": 60}
    assert "abcdefghij" not in text


def test_of_a_host_that_was_not_seen_there_is_no_draft() -> None:
    machine = InventoryHost(reach="ssh", address="watch@nowhere", known_hosts="/no/known_hosts")
    with pytest.raises(PeerwatchError, match=r"far was not seen, .*known_hosts.* try again"):
        draft_inventory("far", machine)


def test_an_agent_of_root_is_named_by_its_program_and_not_by_a_directory() -> None:
    words = ("python3", "/srv/agents/nimbus_agent.py")
    facts = HostFacts("h", 0.0, 1.0, processes=(ProcessFact(9, 1, "root", words, "/x", 0.0),))
    assert list(yaml.safe_load(draft_text("h", InventoryHost(), facts, ()))["agents"]) == [
        "nimbus_agent"
    ]


def test_a_draft_says_what_it_left_out(draft: tuple[Path, str]) -> None:
    left = [line for line in draft[1].splitlines() if line.startswith(LEFT_OUT)]
    assert len([one for one in left if "test data, such as" in one]) == 1
    assert len([one for one in left if "directories of software" in one]) == 1


@pytest.mark.parametrize(
    ("path", "text", "listed"),
    [
        ("/srv/docs/retirement-policy.md", "Agents are retired in May.", True),
        ("/srv/docs/plan.md", "luma is retired in May.", True),
        ("/srv/docs/readme.md", "The old call was retired in May.", False),
    ],
)
def test_a_text_is_a_policy_by_its_name_or_an_agent(path: str, text: str, listed: bool) -> None:
    facts = HostFacts("h", 0.0, 1.0, units={"luma.service": UnitFact(
        "luma.service", True, True, None, None, {"/x": "[Service]\nExecStart=/opt/vllm serve\n"}
    )})  # fmt: skip
    one = Candidate(path, "settings", "", 9, "ann", 0o644, text)
    assets = yaml.safe_load(draft_text("h", InventoryHost(), facts, [one]))["assets"]
    assert [asset["kind"] for asset in assets.values()] == ["policy"] * listed


def test_a_draft_is_an_inventory_whose_guesses_are_told(draft: tuple[Path, str]) -> None:
    inventory = read_inventory("draft.yaml", draft[1])
    assert all(one.guessed for one in inventory.assets.values())
    # Of agents that happen to run on this machine there may be more to say.
    faults = [one for one in check_inventory(inventory, {}) if one.kind == "unsaid"]
    assert len(faults) >= 2 * 9


def test_agents_are_guessed_from_what_runs() -> None:
    unit = {"/etc/systemd/system/luma.service": "[Service]\nExecStart=/opt/bin/vllm serve\n"}
    facts = HostFacts(
        "h", 0.0, 1.0,
        processes=(
            ProcessFact(9, 1, "luma", ("/opt/bin/vllm", "serve"), "/x", 0.0, "luma.service"),
            ProcessFact(10, 1, "ann", ("ssh-agent", "-D"), "/usr/bin/ssh-agent", 0.0),
        ),
        units={"luma.service": UnitFact("luma.service", True, True, None, None, unit)},
        schedules=(ScheduleFact("/etc/cron.d/x", "root", "@daily", "/usr/bin/claude -p review"),),
        endpoints=(EndpointFact("http://127.0.0.1:8000", True, 200, ("luma-7b",), 9),),
    )  # fmt: skip
    settings = Candidate("/etc/r.yaml", "settings", "", 9, "ann", 0o644, "enabled: true\n")
    body = yaml.safe_load(draft_text("h", InventoryHost(), facts, [settings]))
    assert set(body["agents"]) == {"luma", "claude"}
    assert body["agents"]["luma"]["recognised_by"] == {
        "accounts": ["luma"],
        "processes": ["*/opt/bin/vllm*"],
        "units": ["luma.service"],
        "endpoints": ["http://127.0.0.1:8000"],
        "served_as": ["luma-7b"],
    }
    assert body["assets"]["r"]["beneficiaries"] == ["claude", "luma"]
