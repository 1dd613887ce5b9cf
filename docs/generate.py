"""Writes the reference pages that the program itself knows best: settings, command line, problems.

`python docs/generate.py` writes them; `--check` only says which are out of date, and fails if any is.
"""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

import baton
from baton.cli import main
from baton.kernel.errors import Problem
from baton.kernel.settings import Settings

REFERENCE = Path(__file__).parent / "reference"

SETTINGS = """# Settings

Every setting is an environment variable, and every one has a default: to try Baton out, set none of them.
Three addresses decide the deployment: those of the database, the storage and the search backend.

| variable | kind | default | what it says |
|---|---|---|---|
"""

CLI = """# Command line

Every command reads the same [settings](settings.md) and works while the server runs.
`baton COMMAND --help` says the same as this page.

"""

PROBLEMS = """# Problems

What the server says when it cannot do what was asked. Every problem has the same shape, which is that of RFC 9457 and,
in the same object, what clients of InvenioRDM and Zenodo read:

```json
{
  "type": "urn:baton:problem:ValidationFailed",
  "title": "Validation failed",
  "status": 400,
  "detail": "A validation error occurred.",
  "message": "A validation error occurred.",
  "errors": [
    {"field": "metadata.title", "messages": ["A title is needed."], "message": "A title is needed.", "code": "required"}
  ]
}
```

`type` ends in the name of a section below. `message` and `detail` are the same sentence, made for people. `errors` is
there when single fields are to blame, and then lists all of them at once.

"""

WORDS = {Path: "path", str: "text", int: "number", bool: "true or false", float: "number"}


def settings_page() -> str:
    """One row for each setting."""
    rows = [
        f"| `{Settings.model_config['env_prefix']}{name.upper()}` | {_kind(field)} | {_default(field)} "
        f"| {_cell(field.description or '')} |"
        for name, field in Settings.model_fields.items()
    ]
    return SETTINGS + "\n".join(rows) + "\n"


def _kind(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(kind))
    return WORDS.get(kind, str(kind)) if isinstance(kind, type) else f"`{kind}`".replace("|", "or")


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if str(value) else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def cli_page() -> str:
    """One section for each command."""
    return CLI + "\n".join(_command(command, names) for names, command in _commands(main, ("baton",)))


def _commands(command: click.Command, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield names, command
        return
    context = click.Context(command)
    for name in sorted(command.list_commands(context)):
        if below := command.get_command(context, name):
            yield from _commands(below, (*names, name))


def _command(command: click.Command, names: tuple[str, ...]) -> str:
    context = click.Context(command, info_name=" ".join(names))
    arguments = [p.make_metavar(context) for p in command.params if isinstance(p, click.Argument)]
    options = [p.get_help_record(context) for p in command.params if isinstance(p, click.Option)]
    lines = [f"## {' '.join(names)}", "", "```", " ".join([*names, *arguments]), "```", ""]
    lines += [inspect.cleandoc(command.help or "").replace("\b\n", ""), ""]
    rows = [f"| `{record[0]}` | {_cell(record[1])} |" for record in options if record]
    if rows:
        lines += ["| option | what it does |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def problems_page() -> str:
    """One section for each expected failure."""
    for module in pkgutil.walk_packages(baton.__path__, "baton."):
        importlib.import_module(module.name)
    kinds = sorted(_subclasses(Problem), key=lambda kind: kind.__name__)
    return PROBLEMS + "\n".join(
        f"## {kind.__name__}\n\n*{kind.status} {kind.title}*\n\n{inspect.cleandoc(kind.__doc__ or '')}\n"
        for kind in kinds
    )


def _subclasses(kind: type[Problem]) -> Iterator[type[Problem]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "cli.md": cli_page,
    "problems.md": problems_page,
}


def outdated() -> list[str]:
    """The pages that differ from what the program says."""
    return [
        name
        for name, page in PAGES.items()
        if not (REFERENCE / name).exists() or (REFERENCE / name).read_text(encoding="utf-8") != page()
    ]


if __name__ == "__main__":
    stale = outdated()
    if "--check" in sys.argv[1:]:
        sys.exit(f"out of date, run `make reference`: {', '.join(stale)}" if stale else 0)
    REFERENCE.mkdir(exist_ok=True)
    for page_name in stale:
        (REFERENCE / page_name).write_text(PAGES[page_name](), encoding="utf-8")
