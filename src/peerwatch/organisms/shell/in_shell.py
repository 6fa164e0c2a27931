"""Any organism as a critic of the shell world: its calls put as commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from peerwatch.families.instance import Instance
from peerwatch.organisms.organism import Declaration, Organism, Script
from peerwatch.organisms.shell.translate import to_shell

if TYPE_CHECKING:
    from peerwatch.behaviours.record import Finish
    from peerwatch.world.state import Snapshot


class InShell(Organism):
    """An organism whose calls are put as commands; what it declares stays the same."""

    def __init__(self, inner: Organism) -> None:
        self.inner = inner
        self.name = inner.name  # type: ignore[misc]
        self.honest = inner.honest  # type: ignore[misc]

    def act(self, instance: Instance) -> Script:
        """Yield the other's calls as commands, and send it the replies."""
        script = self.inner.act(instance)
        try:
            call = next(script)
            while True:
                reply = yield to_shell(instance, call)
                call = script.send(reply)
        except StopIteration:
            return

    def declares(self, instance: Instance) -> Declaration:
        """Declare what the other does."""
        return self.inner.declares(instance)

    def truth(self, instance: Instance, after: Snapshot, finish: Finish | None) -> bool:
        """Hold the other's truth against the end state."""
        return self.inner.truth(instance, after, finish)

    def answers(self, instance: Instance) -> Mapping[str, str]:
        """Answer as the other does."""
        return self.inner.answers(instance)
