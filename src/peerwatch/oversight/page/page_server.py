"""The page's server, in a thread beside the overseer."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Self

import uvicorn
from fastapi import FastAPI

from peerwatch.common.errors import PeerwatchError

_START_SECONDS = 30.0


class PageServer:
    """Serves a page until it is stopped. Use with ``with``.

    Args:
        app: The page.
        address: Where it listens.
        port: The port; 0 for any that is free.
    """

    def __init__(self, app: FastAPI, address: str, port: int) -> None:
        self._app = app
        self._place = f"{address}:{port}"
        # Who a request is from is told by the connection, or by a proxy that knows the secret; the
        # server must not believe a header.
        config = uvicorn.Config(
            app,
            host=address,
            port=port,
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=3,
            limit_concurrency=500,
            h11_max_incomplete_event_size=65_536,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    def start(self) -> None:
        """Begin, and return when it listens.

        Raises:
            PeerwatchError: It cannot listen there.
        """
        self._thread.start()
        until = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise PeerwatchError(
                    f"The page cannot listen at {self._place}: something else does, or it is not "
                    "an address of this machine. Change 'listen'."
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """End; streams that are open are closed."""
        self._app.state.closing = True
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def _run(self) -> None:
        with contextlib.suppress(SystemExit):  # how the server says that it cannot listen
            self._server.run()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
