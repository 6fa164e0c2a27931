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


@pytest.fixture(scope="module")
def one_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OverseerState]:
    """Return what several tests may read and fail to change."""
    made = make_state(tmp_path_factory.mktemp("state"))
    yield made
    made.record.close()


def proxied(state: OverseerState) -> TestClient:
    config = make_config(state.folder, sign_in=proxy_entries(state.folder))
    headers = {**PROXY_HEADERS, "origin": HOME}
    return TestClient(make_app(state, config), HOME, headers=headers, client=("127.0.0.1", 50_000))


def nobody(state: OverseerState, tries: int) -> TestClient:
    app = make_app(state, make_config(state.folder, sign_in={"tries_a_minute": tries}))
    return TestClient(app, HOME, headers={"origin": HOME}, client=("192.0.2.7", 50_000))


@pytest.fixture
def reader(state: OverseerState) -> TestClient:
    """Return a browser behind the proxy, as Ada Marsh."""
    return proxied(state)


@pytest.fixture
def stranger(state: OverseerState) -> TestClient:
    """Return a browser of nobody, at a page with passkeys."""
    return nobody(state, tries=3)


@pytest.fixture(scope="module")
def one_reader(one_state: OverseerState) -> TestClient:
    return proxied(one_state)


@pytest.fixture(scope="module")
def one_stranger(one_state: OverseerState) -> TestClient:
    return nobody(one_state, tries=1000)
