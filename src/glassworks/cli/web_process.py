"""The child that serves pages, API and the prediction endpoint."""

import signal
from collections.abc import MutableMapping
from typing import Any

import click
import uvicorn

from glassworks import factory, settings
from glassworks.cli.listening import HEAD_BYTES, Impatient, announced, bound
from glassworks.cli.parent import end_with_parent
from glassworks.cli.scoring import Endpoint, serving_app
from glassworks.cli.serve import url
from glassworks.line import outcome
from glassworks.serving.app import serves
from glassworks.web.app import create_app, warm


@click.command(hidden=True)
def web() -> None:
    """Run the pages and the prediction endpoint until the parent ends."""
    chosen = settings.read()
    endpoint = Endpoint(chosen)
    with factory.opened(chosen, endpoint) as parts:
        for fault in outcome.publish(parts):
            click.echo(f"Not served: {fault}", err=True)
        predictions, pages = serving_app(chosen, parts.predictions), create_app(parts)
        warm(pages)

        async def both(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            path = str(scope.get("path", "")).removeprefix(chosen.root_path)
            await (predictions if scope["type"] != "lifespan" and serves(path) else pages)(scope, receive, send)

        config = uvicorn.Config(
            both,
            host=chosen.host,
            port=chosen.port,
            root_path=chosen.root_path,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            http=Impatient,
            h11_max_incomplete_event_size=HEAD_BYTES,
            timeout_keep_alive=15,
            limit_concurrency=1000,
        )
        server = uvicorn.Server(config)
        end_with_parent(lambda: setattr(server, "should_exit", True))
        port = bound(config)
        for number in (signal.SIGTERM, signal.SIGINT):  # the server hears them; then what follows must still be done
            signal.signal(number, signal.SIG_IGN)
        try:
            with announced(chosen.home, url(chosen)):
                server.run(sockets=[port])
        finally:
            predictions.close()
            endpoint.close()
