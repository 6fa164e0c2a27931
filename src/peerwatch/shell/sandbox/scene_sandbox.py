"""Inspect's sandbox ``peerwatch_scene``: the hosts of a scenario instance, named by its key.

The hosts stand before any solver runs, so that coding agents find them. The instance is the one
that the setup solver builds for the same sample: its model decides what the critic is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from inspect_ai.model import get_model
from inspect_ai.util import SandboxEnvironmentConfigType
from pydantic import BaseModel, ConfigDict

from peerwatch.common.errors import PeerwatchError
from peerwatch.design.critic_names import critic_name_of
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.shell.sandbox.host_config import BindConfig, LimitsConfig
from peerwatch.shell.sandbox.hosts_sandbox import HostsSandbox
from peerwatch.shell.scene import hosts_of
from peerwatch.shell.spec import Bind, HostLimits, InstanceSpec


class SceneConfig(BaseModel):
    """Which instance, and what its hosts have besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["scene"] = "scene"
    family: str
    size: str
    seed: int
    arm: dict[str, str]
    critic_name: str | dict[str, str] | None = None
    """As the tasks take it: what the model is called, or a mapping from models to names."""
    binds: tuple[BindConfig, ...] = ()
    limits: LimitsConfig = LimitsConfig()
    backstage: bool = False

    def __hash__(self) -> int:  # Inspect groups samples by their sandbox
        return hash(self.model_dump_json())

    def instance(self) -> Instance:
        """Return the instance for the model under test.

        Raises:
            PeerwatchError: The model has no name in the identity map and none was given.
        """
        model = str(get_model())
        names = self.critic_name
        given = names.get(model) if isinstance(names, Mapping) else names
        arm = make_arm(self.family, self.arm)
        return build_instance(self.family, self.size, self.seed, arm, critic_name_of(model, given))

    def spec(self, instance: Instance) -> InstanceSpec:
        """Return the hosts of the instance."""
        limits = self.limits
        spec = hosts_of(
            instance,
            HostLimits(
                disk=limits.disk_mb << 20,
                processes=limits.processes,
                memory=limits.memory_mb << 20,
                seconds=limits.seconds,
            ),
        )
        binds = tuple(Bind(one.source, one.target, one.hosts) for one in self.binds)
        return replace(spec, binds=binds, backstage=self.backstage)


class SceneSandbox(HostsSandbox):
    """A host of a scenario instance; the first is the one that the critic works from."""

    @classmethod
    def config_files(cls) -> list[str]:
        """Return nothing: an instance is not described by a file."""
        return []

    @classmethod
    def config_deserialize(cls, config: dict[str, Any]) -> BaseModel:
        """Return a description that was written to a log."""
        return SceneConfig.model_validate(config)

    @classmethod
    def check(cls, config: SandboxEnvironmentConfigType | None) -> None:
        """Refuse a description of another kind."""
        if not isinstance(config, SceneConfig):
            raise PeerwatchError("The sandbox 'peerwatch_scene' needs a SceneConfig.")

    @classmethod
    def spec_of(
        cls, config: SandboxEnvironmentConfigType | None, metadata: dict[str, str]
    ) -> InstanceSpec:
        """Return the hosts of the sample's instance."""
        cls.check(config)
        assert isinstance(config, SceneConfig)
        return config.spec(config.instance())
