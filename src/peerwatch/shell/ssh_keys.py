"""SSH keys for hosts and accounts, made once a process and used again.

Instances cannot reach each other, so that it does no harm if two of them know the same keys.
"""

from __future__ import annotations

import subprocess
import tempfile
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from peerwatch.common.errors import PeerwatchError


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An Ed25519 key."""

    private: bytes
    public: str
    """The first two fields of its line, without a comment."""


_lock = threading.Lock()


def key_pair(number: int) -> KeyPair:
    """Return a key of this process by its number.

    Raises:
        PeerwatchError: ``ssh-keygen`` does not work.
    """
    with _lock:  # threads that start instances at the same time share their keys
        return _made(number)


@lru_cache(maxsize=64)
def _made(number: int) -> KeyPair:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerwatchError(f"ssh-keygen made no key: {done.stderr.strip()}")
        public = path.with_suffix(".pub").read_text(encoding="ascii")
        return KeyPair(path.read_bytes(), " ".join(public.split()[:2]))
