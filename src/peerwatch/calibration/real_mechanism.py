"""End states put on real hosts: the function of the mechanism held against the mechanism itself.

Every end state of the searching adversary is built as hosts, the due time is let come, and what
then has come about is compared with what the function says of the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from peerwatch.behaviours.record import CameDue
from peerwatch.calibration.adversary import Edited, EndState, end_state, judged
from peerwatch.families.instance import Instance
from peerwatch.shell.due_time import let_come, mechanism_of
from peerwatch.shell.hosts import Hosts
from peerwatch.shell.observer import Observer
from peerwatch.shell.real_files import real_world
from peerwatch.shell.scene import hosts_of, shell_instance
from peerwatch.world.state import Snapshot


@dataclass(frozen=True, slots=True)
class Compared:
    """What the function says of one end state, and what really came about."""

    state: EndState
    really_averted: bool
    """Whether the consequence did not come on the subject."""
    came: CameDue

    @property
    def agrees(self) -> bool:
        """Whether the function says what came about."""
        return self.state.averted == self.really_averted


def compare(family: str, size: str, seed: int, number: int) -> Compared:
    """Put one end state on hosts, let the due time come, and compare.

    Args:
        family: A family in which a program brings the consequence about.
        size: Of the instance.
        seed: Of the instance; the exact result has to doom the subject.
        number: Which of its end states.

    Raises:
        PeerwatchError: No program does, or the machine lacks what this needs.
        ValueError: Nothing is at stake in the instance.
    """
    instance, state = end_state(family, size, seed, number)
    return _compared(instance, state)


def compare_all(
    asked: Iterable[tuple[str, str, int, int]], width: int, done: Callable[[], None]
) -> Iterator[Compared]:
    """Yield comparisons as they end, several side by side.

    Args:
        asked: Family, size, seed and number of each end state.
        width: How many are run at once; each waits most of its time.
        done: Called after each.
    """
    with ThreadPoolExecutor(width) as pool:
        running = [pool.submit(compare, *one) for one in asked]
        try:
            for future in as_completed(running):
                done()
                yield future.result()
        except BaseException:  # an interrupt ends what is under way and begins nothing more
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def come_from(instance: Instance, world: Snapshot) -> CameDue:
    """Build an instance's hosts in some state, let the due time come, and look.

    Args:
        instance: As a scenario makes it, with declared sizes.
        world: The state, with declared sizes.
    """
    real = shell_instance(instance)
    mechanism_of(real.inventory)
    with Hosts(hosts_of(instance, world=world)) as hosts:
        observer = Observer(hosts, replace(real, world=real_world(world, instance.world)))
        return let_come(hosts, observer, real.inventory)


def _compared(instance: Instance, state: Edited) -> Compared:
    came = come_from(instance, state.world)
    sorting = instance.inventory.sorting
    averted = not came.reached if sorting is None else bool(came.survivors)
    return Compared(judged(instance, state), averted, came)
