"""A process with Inspect imported, that turns into a program whenever it is asked to.

Most of what a short run of Peerwatch costs is the import of Inspect and of the model clients that
it loads; here that is done once, and each program is a fork of it: a process of its own, with its
own folder, environment, streams and end. Polars, which does not survive a fork, is not imported.

Usage: python -m tests.ready_server SOCKET, the number of a socket that is open here. A message is
the JSON of ``{"module", "arguments", "cwd", "env"}``, sent with the program's input, output,
errors, and a pipe: the number of the process is written there, and on the next line how it ended.
"""

from __future__ import annotations

import functools
import gc
import importlib
import importlib.metadata
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from typing import Any

NEEDED = (
    "inspect_ai._cli.main",
    "inspect_ai.hooks",
    "inspect_ai.agent._acp.server",
    "peerwatch.families.build",
    "peerwatch.organisms.all_organisms",
    "peerwatch.behaviours.detect",
)
OPTIONAL = (
    "fastapi",
    "inspect_ai.model._openai_responses",
    "inspect_ai.model._providers.anthropic",
    "inspect_swe._registry",
)
"""What Inspect imports in every run, where it is installed."""


def get_ready() -> None:
    """Import what programs need, and read what Inspect reads in every run.

    Raises:
        RuntimeError: Something that was imported has started a thread, which a fork would lose.
    """
    importlib.metadata.packages_distributions = functools.cache(
        importlib.metadata.packages_distributions
    )
    for name in NEEDED:
        importlib.import_module(name)
    for name in OPTIONAL:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    from inspect_ai.model import get_model_info

    get_model_info("openai/gpt-4o")
    importlib.metadata.packages_distributions()
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1 or "polars" in sys.modules:
        raise RuntimeError(f"{threads} threads after the imports; leave out what starts them")
    gc.collect()
    gc.freeze()


def serve(number: int) -> dict[str, Any] | None:
    """Fork for each message; return the message in the new process, or None at the end."""
    with ExitStack() as stack:
        asked = stack.enter_context(socket.socket(fileno=number))
        waiting = stack.enter_context(selectors.DefaultSelector())
        waiting.register(asked, selectors.EVENT_READ)
        running: dict[int, tuple[int, int]] = {}
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not asked:
                    waiting.unregister(key.fileobj)
                    _say_end(key.fd, *running.pop(key.fd))
                    continue
                message, streams, *_ = socket.recv_fds(asked, 1 << 20, 4)
                if not message:
                    return None
                process = os.fork()
                if not process:
                    for watched, (_, pipe) in running.items():
                        os.close(watched)
                        os.close(pipe)
                    _take(streams)
                    told: dict[str, Any] = json.loads(message)
                    return told
                for stream in streams[:3]:
                    os.close(stream)
                _say(streams[3], process)
                handle = os.pidfd_open(process)
                running[handle] = process, streams[3]
                waiting.register(handle, selectors.EVENT_READ)


def _say_end(handle: int, process: int, pipe: int) -> None:
    _, status = os.waitpid(process, 0)
    _say(pipe, os.waitstatus_to_exitcode(status))
    os.close(pipe)
    os.close(handle)


def _say(pipe: int, number: int) -> None:
    with suppress(BrokenPipeError):  # whoever asked no longer waits for it
        os.write(pipe, f"{number}\n".encode())


def _take(streams: list[int]) -> None:
    for number, stream in enumerate(streams[:3]):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)


def become(asked: dict[str, Any]) -> None:
    """Go on as ``python -m MODULE ARGUMENTS`` in its folder."""
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.path.insert(0, asked["cwd"])
    sys.argv[1:] = asked["arguments"]
    runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    sys.path.pop(0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    get_ready()
    asked = serve(int(sys.argv[1]))
    if asked is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        become(asked)
