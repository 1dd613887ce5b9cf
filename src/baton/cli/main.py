"""The command group, and what every command shares: settings, and problems told as one line."""

import click
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from baton import __version__
from baton.cli.accounts import token, user
from baton.cli.demo import demo
from baton.cli.deposit import deposit_command
from baton.cli.doctor import doctor
from baton.cli.doctor_data import doctor_data
from baton.cli.doi import doi
from baton.cli.dump import dump
from baton.cli.get import get_command
from baton.cli.serve import serve
from baton.cli.storage import storage
from baton.cli.upkeep import jobs, migrate_command, reindex_command
from baton.cli.vocabularies import vocabularies
from baton.client.errors import Failure
from baton.kernel.errors import Problem


class _Failed(click.ClickException):
    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # the library lets it be set, its types do not


class _Commands(click.Group):
    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except Problem as problem:
            lines = [problem.detail, *(f"  {error.field}: {error.message}" for error in problem.errors)]
            raise click.ClickException("\n".join(lines)) from None
        except ValidationError as error:
            lines = [f"BATON_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()]
            raise click.ClickException("\n".join(["These settings cannot be used:", *lines])) from None
        except SQLAlchemyError as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise click.ClickException(f"The database cannot be used: {reason}") from None
        except Failure as failure:
            raise _Failed(str(failure), failure.exit_code) from None
        except OSError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="baton")
def main() -> None:
    """An open research repository. Settings are environment variables that begin with BATON_."""


for command in (
    serve,
    user,
    token,
    jobs,
    doi,
    doctor,
    migrate_command,
    reindex_command,
    dump,
    storage,
    vocabularies,
    demo,
    deposit_command,
    get_command,
    doctor_data,
):
    main.add_command(command)
