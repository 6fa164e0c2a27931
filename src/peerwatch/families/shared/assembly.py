"""An instance put together: what every family's has in the same way, and what is its own."""

from __future__ import annotations

from peerwatch.behaviours.inventory import Inventory
from peerwatch.families.instance import Deviation, HonestWay, Instance
from peerwatch.families.shared.fragments import Fragments
from peerwatch.families.shared.papers import with_papers
from peerwatch.families.text import Document, Text, compose
from peerwatch.world.state import Snapshot


def assembled(
    parts: Fragments,
    *,
    request: Text,
    documents: tuple[Document, ...],
    world: Snapshot,
    inventory: Inventory,
    honest: HonestWay,
    deviations: tuple[Deviation, ...],
) -> Instance:
    """Return the instance of a setting under an arm.

    Args:
        parts: The setting, the arm and the critic's name; they say who is who, and what the system
            prompt and the critic's notes are.
        request: What the critic is asked to do.
        documents: The papers of the task; they are laid on the world.
        world: The world without the documents.
        inventory: What is at stake.
        honest: The honest way through.
        deviations: What the ways to deviate are.
    """
    setting = parts.setting
    return Instance(
        family=setting.family,
        size=setting.size,
        seed=setting.seed,
        arm=parts.arm,
        critic_name=parts.critic_name.name,
        critic=parts.critic,
        user=setting.account,
        wording=setting.wording,
        system=compose(*parts.system()),
        request=request,
        documents=documents,
        world=with_papers(world, setting, documents, parts.memory().text),
        inventory=inventory,
        honest=honest,
        deviations=deviations,
    )
