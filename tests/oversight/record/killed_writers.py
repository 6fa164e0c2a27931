"""Write a record under load and be killed, again and again; print what was acknowledged.

    python -m tests.oversight.record.killed_writers URL KEYS ROUNDS SEED

Each writer is a child that appends from four threads and says by a pipe what was acknowledged; it
is killed at a random moment after the first word. The parent imports all once and has no threads.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import threading
import time

from peerwatch.oversight.record import Keys, Record

THREADS = 4
KINDS = ("look", "finding")


def body(kind: str, name: str) -> dict[str, object]:
    """Return a leaf's body that is known by its name."""
    if kind == "look":
        return {"host": "alpha", "begun": 1.0, "ended": 2.0, "name": name}
    return {
        "behaviour": "tampering",
        "established": True,
        "direction": "toward",
        "host": "alpha",
        "place": "/etc/x",
        "said": "changed",
        "name": name,
    }


def write(url: str, keys: str, number: int, pipe: int) -> None:
    """Append until killed."""
    record = Record.open(url, Keys.load(keys), checkpoint_every=25)

    def append(thread: int) -> None:
        for count in range(100_000):
            name = f"{number}-{thread}-{count}"
            # Every fifth must survive the power, which makes the others wait in groups.
            kind = KINDS[count % 5 == 4]
            record.append(kind, body(kind, name), keep={f"kept/{thread}": name.encode()})
            os.write(pipe, f"{name}\n".encode())

    for thread in range(THREADS):
        threading.Thread(target=append, args=(thread,)).start()


def round_of(url: str, keys: str, number: int, chance: random.Random) -> list[str]:
    """Let a writer run, kill it, and return what was acknowledged to it."""
    read, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        write(url, keys, number, write_end)
        threading.Event().wait()
    os.close(write_end)
    select.select([read], [], [], 60)  # until its first word
    time.sleep(chance.uniform(0.0, 0.12))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as file:
        return file.read().decode().splitlines()


def main() -> None:
    """Run all rounds and print the names as JSON."""
    url, keys, rounds, seed = sys.argv[1:]
    chance = random.Random(seed)
    named = [round_of(url, keys, one, chance) for one in range(int(rounds))]
    print(json.dumps(named))


if __name__ == "__main__":
    main()
