"""`baton serve`: the web server with the worker inside."""

import shutil
import sys
from typing import Any

import click
import uvicorn
from starlette.types import ASGIApp

from baton.app import create_app
from baton.cli.protocol import Protocol
from baton.kernel import logging
from baton.kernel.heap import tune_heap
from baton.kernel.settings import Settings

# How the wire is served, whoever starts it.
OPTIONS: dict[str, Any] = {
    "http": Protocol,
    "ws": "none",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": 30,
}


def application() -> ASGIApp:
    """What each server process runs, with the settings of its environment."""
    tune_heap()
    settings = Settings()
    logging.configure(settings.log_level, settings.log_format)
    return create_app(settings)


@click.command()
@click.option("--host", help="Address to listen on (BATON_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (BATON_PORT).")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Number of server processes.")
def serve(host: str | None, port: int | None, workers: int) -> None:
    """Run the repository until Ctrl+C or SIGTERM; requests under way are finished first."""
    given = {"host": host, "port": port}
    settings = Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    settings.hand_down()
    _greet(settings)
    uvicorn.run(
        "baton.cli.serve:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=workers,
        **OPTIONS,
    )


def _greet(settings: Settings) -> None:
    baton = "baton" if shutil.which("baton") else sys.argv[0]  # as it can be typed in a second terminal
    click.echo(
        f"\n  {settings.site_name} is at {settings.base_url}   (Ctrl+C stops it)\n"
        f"  Its data are in {settings.data_dir.absolute()}\n\n"
        f"  An administrator:   {baton} user create you@example.org --password '...' --admin\n"
        f"  An access token:    {baton} token create you@example.org\n"
        f"  Something to see:   {baton} demo\n"
    )
