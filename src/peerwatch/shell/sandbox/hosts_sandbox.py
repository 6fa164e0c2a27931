"""Inspect's sandbox ``hosts``: hosts in namespaces, without a daemon.

Any task can use it by name, with a ``hosts.yaml`` beside the task or an object::

    Task(..., sandbox="hosts")
    Task(..., sandbox=SandboxEnvironmentSpec("hosts", HostsConfig(hosts={"web": HostConfig()})))

``sandbox()`` is the first host, ``sandbox("web")`` one by name.
"""

from __future__ import annotations

import os
import shlex
from functools import partial
from pathlib import Path
from typing import Any, Literal, overload

import anyio
import anyio.to_thread
from inspect_ai.util import (
    ExecResult,
    OutputLimitExceededError,
    SandboxConnection,
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    SandboxEnvironmentLimits,
    SandboxUnavailableError,
    SandboxUserUnsupportedError,
)
from pydantic import BaseModel

from peerwatch.common.errors import PeerwatchError
from peerwatch.shell.hosts import Hosts, HostsError
from peerwatch.shell.machine_checks import machine
from peerwatch.shell.output import Completed
from peerwatch.shell.sandbox.host_config import HostsConfig, read_config, to_spec
from peerwatch.shell.spec import InstanceSpec

CONFIG_FILES = ("hosts.yaml", "hosts.yml")
_DIRECTORY, _DENIED = 82, 83
_READ = f"""
[ -d "$1" ] && exit {_DIRECTORY}
exec head -c "$2" -- "$1"
"""
_WRITE = f"""
[ -d "$1" ] && exit {_DIRECTORY}
mkdir -p -- "$(dirname -- "$1")" || exit {_DENIED}
exec cat > "$1"
"""
_threads: dict[int, anyio.CapacityLimiter] = {}


class HostsSandbox(SandboxEnvironment):
    """One host of an instance."""

    def __init__(self, hosts: Hosts, name: str, user: str | None = None) -> None:
        super().__init__()
        self.user = user or hosts.spec.user
        """Who runs commands here where nothing else is said."""
        self.hosts = hosts
        """The instance, for what Inspect has no word for: looking at all hosts from outside."""
        self.name = name

    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,
        timeout_retry: bool = True,
        concurrency: bool = True,
    ) -> ExecResult[str]:
        """Run a command; see :meth:`inspect_ai.util.SandboxEnvironment.exec`.

        A command that runs out of time is not tried again.
        """
        data = input.encode() if isinstance(input, str) else input or b""
        limit = SandboxEnvironmentLimits.MAX_EXEC_OUTPUT_SIZE
        done = await self._run(cmd, data, cwd, env, user, timeout, limit)
        if done.timed_out:
            raise TimeoutError(f"The command did not end within {timeout} seconds.")
        stdout = done.stdout.decode(errors="replace")
        stderr = done.stderr.decode(errors="replace")
        if done.code == 126 and "Permission denied" in stderr:
            raise PermissionError(stderr.strip())
        return ExecResult(done.code == 0, done.code, stdout, stderr)

    async def _run(
        self,
        cmd: list[str],
        data: bytes = b"",
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: float | None = None,
        output: int | None = None,
    ) -> Completed:
        work = partial(
            self.hosts.run,
            self.name,
            cmd,
            user=user or self.user,
            input=data,
            cwd=cwd,
            env=env,
            timeout=timeout or _FOREVER,
            output=output,
        )
        try:
            return await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=_limiter())
        except HostsError as error:
            raise SandboxUnavailableError(str(error)) from error
        except PeerwatchError as error:
            raise SandboxUserUnsupportedError(str(error)) from error

    async def write_file(self, file: str, contents: str | bytes) -> None:
        """Write a file as the default user, and its missing parent directories."""
        data = contents.encode() if isinstance(contents, str) else contents
        done = await self._run(["/bin/sh", "-c", _WRITE, "sh", file], data, timeout=60)
        if done.code:
            raise _error(done, file)

    @overload
    async def read_file(self, file: str, text: Literal[True] = True) -> str: ...

    @overload
    async def read_file(self, file: str, text: Literal[False]) -> bytes: ...

    async def read_file(self, file: str, text: bool = True) -> str | bytes:
        """Read a file as the default user."""
        limit = SandboxEnvironmentLimits.MAX_READ_FILE_SIZE
        argv = ["/bin/sh", "-c", _READ, "sh", file, str(limit + 1)]
        done = await self._run(argv, timeout=60, output=limit + 1)
        if done.code:
            raise _error(done, file)
        if len(done.stdout) > limit:
            told = SandboxEnvironmentLimits.MAX_READ_FILE_SIZE_STR
            raise OutputLimitExceededError(limit_str=told, truncated_output=None)
        return done.stdout.decode() if text else done.stdout

    async def connection(self, *, user: str | None = None) -> SandboxConnection:
        """Return a shell command that enters the host from a terminal of the same user."""
        if not self.hosts.alive:
            raise ConnectionError("The host is not running.")
        login = self.hosts.login(self.name, user or self.user)
        enter = ["nsenter", "-t", str(self.hosts.init_of(self.name)), "-U", "-m", "-u", "-i", "-n",
                 "-p", "-S", "0", "-G", "0", "--"]  # fmt: skip
        become = ["setpriv", f"--reuid={login.uid}", f"--regid={login.gid}", "--init-groups"]
        clean = ["env", "-i", *(f"{name}={value}" for name, value in login.env.items())]
        command = [*enter, *become, *clean, "TERM=xterm", login.env["SHELL"], "-l"]
        return SandboxConnection(type="hosts", command=shlex.join(command))

    @classmethod
    def default_concurrency(cls) -> int | None:
        """Return how many instances run at once where nothing else is said."""
        return 2 * (os.cpu_count() or 1)

    def default_polling_interval(self) -> float:
        """Return how often Inspect asks for a running command: a request costs milliseconds."""
        return 0.2

    @classmethod
    def config_files(cls) -> list[str]:
        """Return the files that describe hosts beside a task."""
        return list(CONFIG_FILES)

    @classmethod
    def config_deserialize(cls, config: dict[str, Any]) -> BaseModel:
        """Return a description that was written to a log."""
        return HostsConfig.model_validate(config)

    @classmethod
    async def task_init(cls, task_name: str, config: SandboxEnvironmentConfigType | None) -> None:
        """Say at once what the machine lacks, and what is wrong with a description."""
        machine()
        cls.check(config)

    @classmethod
    def check(cls, config: SandboxEnvironmentConfigType | None) -> None:
        """Raise where a description is wrong, before any sample is started."""
        cls.spec_of(config, {})

    @classmethod
    def spec_of(
        cls, config: SandboxEnvironmentConfigType | None, metadata: dict[str, str]
    ) -> InstanceSpec:
        """Return the hosts that a sample asks for."""
        if config is None:
            raise PeerwatchError(
                "The sandbox 'hosts' needs a description: a hosts.yaml beside the task, "
                'sandbox=("hosts", "path.yaml") or a HostsConfig.'
            )
        if isinstance(config, HostsConfig):
            return to_spec(config)
        return to_spec(read_config(Path(str(config))))

    @classmethod
    async def sample_init(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        metadata: dict[str, str],
    ) -> dict[str, SandboxEnvironment]:
        """Start an instance; the default sandbox is its first host."""
        spec = cls.spec_of(config, metadata)
        hosts = await anyio.to_thread.run_sync(Hosts, spec)
        found: dict[str, SandboxEnvironment] = {h.name: cls(hosts, h.name) for h in spec.hosts}
        if spec.backstage:
            found["backstage"] = cls(hosts, "backstage", "root")
        return found

    @classmethod
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        """End the instance; nothing of it is left."""
        with anyio.CancelScope(shield=True):
            for one in environments.values():
                await anyio.to_thread.run_sync(one.as_type(HostsSandbox).hosts.close)

    @classmethod
    async def cli_cleanup(cls, id: str | None) -> None:
        """Remove what crashed runs left: control groups, nothing else can be left."""
        from peerwatch.shell.cgroups import sweep

        print(f"{sweep()} control groups of ended runs removed.")


_FOREVER = 10 * 365 * 86_400.0


def _limiter() -> anyio.CapacityLimiter:
    """Return the event loop's own limit: a command that waits holds a thread."""
    import asyncio

    loop = id(asyncio.get_running_loop())
    if loop not in _threads:
        _threads[loop] = anyio.CapacityLimiter(256)
    return _threads[loop]


def _error(done: Completed, file: str) -> Exception:
    said = done.stderr.decode(errors="replace").strip()
    if done.timed_out:
        return TimeoutError(file)
    if done.code == _DIRECTORY:
        return IsADirectoryError(21, "Is a directory", file)
    if done.code != _DENIED and ("No such file" in said or "Not a directory" in said):
        return FileNotFoundError(2, "No such file or directory", file)
    return PermissionError(13, said or "Permission denied", file)
