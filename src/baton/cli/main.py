"""Every command, loaded when it is asked for; and how failures are told.

So each is ready as soon as its own modules are, and the client's never wait for the server's.
"""

from pkgutil import resolve_name

import click

from baton import __version__
from baton.client.errors import Failure
from baton.kernel.errors import Problem

# Where each command is, and what the list of all says of it.
COMMANDS = {
    "demo": ("baton.cli.demo:demo", "Fill an empty repository with sample records."),
    "deposit": ("baton.cli.deposit:deposit_command", "Put files into a repository, and describe them."),
    "doctor": ("baton.cli.doctor:doctor", "Check rows against bytes against index."),
    "doctor-data": ("baton.cli.doctor_data:doctor_data", "Tell how to pack files for cheap later versions."),
    "doi": ("baton.cli.doi:doi", "DOIs at the registrar."),
    "dump": ("baton.cli.dump:dump", "Make the dump of all public metadata now."),
    "get": ("baton.cli.get:get_command", "Download the files of a record."),
    "jobs": ("baton.cli.upkeep:jobs", "Deliveries of the outbox and scheduled work."),
    "migrate": ("baton.cli.upkeep:migrate_command", "Bring the database to what this version needs."),
    "reindex": ("baton.cli.upkeep:reindex_command", "Build the search index anew, while searches go on."),
    "serve": ("baton.cli.serve:serve", "Run the repository until Ctrl+C or SIGTERM."),
    "storage": ("baton.cli.storage:storage", "Where the bytes of files are."),
    "token": ("baton.cli.accounts:token", "Access tokens for programs."),
    "user": ("baton.cli.accounts:user", "Accounts of people."),
    "vocabularies": ("baton.cli.vocabularies:vocabularies", "Affiliations, funders, awards, names and subjects."),
}
# Knows the exceptions of libraries that the client does without.
EXPLAIN = "baton.cli.reasons:explain"


class _Failed(click.ClickException):
    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # the library lets it be set, its types do not


class _Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = resolve_name(COMMANDS[name][0])
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_place, summary) in COMMANDS.items()])

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Problem as problem:
            lines = [problem.detail, *(f"  {error.field}: {error.message}" for error in problem.errors)]
            raise click.ClickException("\n".join(lines)) from None
        except Failure as failure:
            raise _Failed(str(failure), failure.exit_code) from None
        except OSError as error:
            raise click.ClickException(str(error)) from None
        except Exception as error:
            reason: str | None = resolve_name(EXPLAIN)(error)
            if reason is None:
                raise
            raise click.ClickException(reason) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="baton")
def main() -> None:
    """An open research repository. Settings are environment variables that begin with BATON_."""
