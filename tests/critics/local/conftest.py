"""What the tests of the packaged model share."""

from __future__ import annotations

import pytest

from peerwatch.critics.local.llama_engine import (
    Engine,
    LocalModelError,
    Settings,
    find_weights,
    load_engine,
)


@pytest.fixture(scope="session")
def need_engine() -> None:
    """Skip where the packages of the local model are not installed."""
    try:
        find_weights("smollm2-135m")
    except LocalModelError as ex:
        pytest.skip(str(ex))


@pytest.fixture(scope="session")
def engine(need_engine: None) -> Engine:
    """Load the real model once, with a small context and one thread."""
    return load_engine(Settings("smollm2-135m", 1, 1024))


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests once, on asyncio."""
    return "asyncio"
