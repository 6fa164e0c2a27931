"""An inventory that cannot be read any more is told once, and the one in force stays."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from peerwatch.oversight.inventory_file import InventoryFile
from peerwatch.oversight.record import Keys, Record

GOOD = "hosts: {here: {}}\n"


@pytest.mark.parametrize("bad", [None, "hosts: {\n"], ids=["removed", "no YAML"])
def test_one_that_goes_bad_is_told_each_time_that_it_does(bad: str | None, tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(GOOD, encoding="utf-8")
    file = InventoryFile(path)
    url = f"sqlite:///{tmp_path / 'record.db'}"
    with Record.open(url, Keys.create(tmp_path / "keys")) as record:
        with structlog.testing.capture_logs() as told:
            for _ in range(2):
                path.write_text(GOOD + "# another\n", encoding="utf-8")
                file.refresh(record)
                path.write_text(bad or "", encoding="utf-8")
                if bad is None:
                    path.unlink()
                file.refresh(record)
                file.refresh(record)
        assert list(file.inventory.hosts) == ["here"]
        assert file.refused is not None
        kinds = [entry.kind for entry in record.entries()]
        assert kinds == ["inventory_read", "inventory_refused"] * 2
        said = [one.body["said"] for one in record.entries(("inventory_refused",))]
        assert said == [file.refused] * 2
        path.write_text(GOOD + "# another\n", encoding="utf-8")
        file.refresh(record)
        assert file.refused is None and list(record.entries())[-1].kind == "inventory_read"
    assert [one["event"] for one in told] == ["inventory_refused"] * 2
