"""Nothing is forgotten: every event has its reactions, every failure, setting and command its place in the docs."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import baton
from baton.kernel.db import metadata
from baton.kernel.errors import Problem
from baton.kernel.events import Event
from baton.reactions import REACTIONS

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="module")
def _every_module() -> None:
    for module in pkgutil.walk_packages(baton.__path__, "baton."):
        importlib.import_module(module.name)


def problems(kind: type[Problem]) -> set[type[Problem]]:
    below = set(kind.__subclasses__())
    return below.union(*(problems(subclass) for subclass in below))


def test_what_follows_from_an_event_is_decided_for_each() -> None:
    ours = {kind for kind in Event.kinds.values() if kind.__module__.startswith("baton.")}
    assert ours == set(REACTIONS)


def test_two_events_never_share_a_name() -> None:
    # `slots=True` makes each class twice, so the subclasses are counted by where they are written.
    ours = {(kind.__name__, kind.__module__) for kind in Event.__subclasses__() if kind.__module__.startswith("baton.")}
    assert len({name for name, _module in ours}) == len(ours)


def test_two_reactions_never_share_a_name() -> None:
    by_name = {(reaction.name, reaction.run) for group in REACTIONS.values() for reaction in group}
    assert len({name for name, _run in by_name}) == len(by_name)


def test_every_problem_has_a_title_of_its_own_and_says_when_it_happens() -> None:
    ours = [kind for kind in problems(Problem) if kind.__module__.startswith("baton.")]
    assert [kind.__name__ for kind in ours if kind.title == Problem.title or not kind.__doc__] == []


def test_the_reference_says_what_the_program_says() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_table_is_described() -> None:
    page = (ROOT / "docs/formats/data-folder.md").read_text(encoding="utf-8")
    assert [table for table in metadata.tables if f"`{table}`" not in page] == []
