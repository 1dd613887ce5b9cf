"""What a command loads before it begins: no more than it needs. The figures of today may only ever be lowered."""

import subprocess
import sys

import pytest
from click import Context

from baton.cli import main
from baton.cli.main import COMMANDS

# Modules of all libraries together, Python's own included.
MOST_MODULES = {"--help": 200, "get": 400, "deposit": 550, "doctor-data": 280}
OF_THE_SERVER = {"sqlalchemy", "fastapi", "starlette", "pydantic", "uvicorn", "anyio", "tantivy", "jinja2", "obstore"}

LOADED = """
import sys
from baton.cli import main
main(sys.argv[1:], standalone_mode=False)
print(*sys.modules, file=sys.stderr)
"""


def modules_of(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("command", ["get", "deposit", "doctor-data"])
def test_a_command_of_the_client_starts_without_the_server(command: str) -> None:
    modules = modules_of(command, "--help")
    assert modules & OF_THE_SERVER == set()
    assert len(modules) <= MOST_MODULES[command]


def test_the_list_of_commands_loads_none_of_them() -> None:
    modules = modules_of("--help")
    assert {name for name in modules if name.startswith("baton.cli.")} == {"baton.cli.main"}
    assert len(modules) <= MOST_MODULES["--help"]


def test_the_server_would_be_seen() -> None:
    assert modules_of("doctor", "--help") >= OF_THE_SERVER - {"uvicorn"}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_where_the_list_says(name: str) -> None:
    command = main.get_command(Context(main), name)
    assert command is not None
    assert command.name == name
