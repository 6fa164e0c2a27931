"""Records as they were logged before world, patches and inventory were text."""

from __future__ import annotations

import json
from typing import Any


def in_first_format(record: dict[str, Any]) -> dict[str, Any]:
    """Return a logged episode in the first format, of values that may be changed."""
    steps = [{**step, "patch": json.loads(step["patch"])} for step in record["steps"]]
    values = {name: json.loads(record[name]) for name in ("world", "inventory")}
    return json.loads(json.dumps({**record, "format": 1, **values, "steps": steps}))  # type: ignore[no-any-return]
