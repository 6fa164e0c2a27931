"""Renew the golden files: ``python -m tests.golden``, from the root of the checkout.

A file is not renewed where something of it changed and its version did not go up. Exits 1 then.
"""

from __future__ import annotations

import sys

from tests.golden.files import Changes, Kept, complaint, may_renew, read, write
from tests.golden.golden import Golden, goldens


def main() -> int:
    """Renew every file that may be, print what was done, and return the exit code."""
    refused = False
    for golden in goldens():
        about, done = renewed(golden)
        print(f"{golden.path.name}: {about}")
        refused |= not done
    return int(refused)


def renewed(golden: Golden) -> tuple[str, bool]:
    """Renew one file, and return what came of it and whether it now is as it should be."""
    found = {name: find() for name, find in golden.sections.items()}
    now = Kept(golden.version.now, found)
    if not golden.path.exists():
        golden.path.parent.mkdir(exist_ok=True)
        write(golden.path, now)
        return "made", True
    kept = read(golden.path)
    changes = Changes()
    for name in dict.fromkeys((*kept.sections, *found)):
        changes += golden.changed(name, kept.sections.get(name, {}), found.get(name, {}))
    why = complaint(golden.version, kept.version, changes, golden.what)
    if why is None:
        return "as it was", True
    if not may_renew(golden.version, kept.version, changes):
        return f"not renewed. {why}", False
    write(golden.path, now)
    return f"renewed, {len(changes.other) + len(changes.free)} entries are otherwise", True


if __name__ == "__main__":
    sys.exit(main())
