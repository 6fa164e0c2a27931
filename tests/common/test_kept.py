"""What is kept is not copied, and is stored as any mapping is."""

from __future__ import annotations

import copy
import json
from typing import Any

from peerwatch.common.kept import Kept


def test_a_deep_copy_of_what_holds_it_shares_it() -> None:
    kept = Kept({"a": [1]})
    around: dict[str, Any] = copy.deepcopy({"kept": kept, "other": [kept, {}]})
    assert around["kept"] is kept and around["other"][0] is kept
    assert json.loads(json.dumps(around))["kept"] == {"a": [1]}
