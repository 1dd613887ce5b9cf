"""The import contracts hold, and each of them is able to fail."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# One violation for each contract: the file it is written into, the line, the contract's name, and what is reported.
VIOLATIONS = [
    ("access/rules.py", "from baton.records import record", "Features depend downwards", "baton.records.record"),
    ("tomorrow/__init__.py", '"""A folder without a place."""', "Features depend downwards", "tomorrow"),
    ("records/queries.py", "from baton.records import commands", "Inside a feature", "baton.records.commands"),
    ("records/rules.py", "import fastapi", "know no HTTP", "baton.records.rules -> fastapi"),
    ("exports/__init__.py", "import starlette", "Only faces", "baton.exports -> starlette"),
    ("web/__init__.py", "from baton.records import models", "Faces read through queries", "baton.records.models"),
    ("client/__init__.py", "import sqlalchemy", "The client starts without", "baton.client -> sqlalchemy"),
    ("client/pool.py", "from baton import records", "The client knows servers", "baton.client.pool -> baton.records"),
    ("storage/__init__.py", "import sqlalchemy", "Storage is a library", "baton.storage -> sqlalchemy"),
    ("search/__init__.py", "from baton.kernel import settings", "Settings are read", "baton.search -> baton.kernel"),
    ("kernel/clock.py", "from baton.kernel import outbox", "No cycles", ".clock"),
]


def lint(folder: Path) -> tuple[int, str]:
    """The verdict on the `baton` package in `folder`: exit code, and the report with its lines joined."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_every_contract_is_kept() -> None:
    code, report = lint(ROOT / "src")
    assert code == 0, report
    assert re.search(r"Contracts: \d+ kept, 0 broken", report)


def test_every_contract_reports_its_violation(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src" / "baton", tmp_path / "baton")
    for file, line, _contract, _reported in VIOLATIONS:
        path = tmp_path / "baton" / file
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
    code, report = lint(tmp_path)
    assert code == 1, report
    assert " 0 kept" in report
    for _file, _line, contract, reported in VIOLATIONS:
        assert contract in report
        assert reported in report
