from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.page.page_app import make_app
from tests.oversight.page.page_world import (
    PROXY_HEADERS,
    make_config,
    make_state,
    proxy_entries,
)

HOME = "http://localhost:8720"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[OverseerState]:
    made = make_state(tmp_path)
    yield made
    made.record.close()


@pytest.fixture
def reader(state: OverseerState) -> TestClient:
    """Return a browser behind the proxy, as Ada Marsh."""
    config = make_config(state.folder, sign_in=proxy_entries(state.folder))
    app = make_app(state, config)
    headers = {**PROXY_HEADERS, "origin": HOME}
    return TestClient(app, HOME, headers=headers, client=("127.0.0.1", 50_000))


@pytest.fixture
def stranger(state: OverseerState) -> TestClient:
    """Return a browser of nobody, at a page with passkeys."""
    app = make_app(state, make_config(state.folder, sign_in={"tries_a_minute": 3}))
    return TestClient(app, HOME, headers={"origin": HOME}, client=("192.0.2.7", 50_000))
