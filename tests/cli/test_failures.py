"""What an operator reads when a command cannot do its work: one sentence, and no traceback."""

from pathlib import Path

from click.testing import CliRunner, Result

from baton.cli import main


def run(*command: str, **env: str) -> Result:
    return CliRunner().invoke(main, command, env=env)


def test_settings_that_cannot_be_used_are_all_named(tmp_path: Path) -> None:
    done = run("doctor", BATON_DATA_DIR=str(tmp_path), BATON_PORT="many", BATON_MAX_FILES="few")
    assert done.exit_code == 1
    assert done.output.startswith("Error: These settings cannot be used:\nBATON_PORT: ")
    assert "BATON_MAX_FILES: " in done.output


def test_a_database_that_cannot_be_used_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "baton.db").write_text("This is a letter and not a database, whatever its name may be." * 99)
    done = run("doctor", BATON_DATA_DIR=str(tmp_path))
    assert done.exit_code == 1
    assert done.output == "Error: The database cannot be used: file is not a database\n"


def test_a_command_that_does_not_exist_is_refused() -> None:
    done = run("depsit")
    assert done.exit_code == 2
    assert "No such command 'depsit'" in done.output
