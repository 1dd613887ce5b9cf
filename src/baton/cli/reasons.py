"""Failures of the server's libraries as an operator is told of them; loaded only once something has failed."""

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError


def explain(error: Exception) -> str | None:
    """What to tell of it; `None` when it is a fault of the program."""
    if isinstance(error, ValidationError):
        lines = [f"BATON_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()]
        return "\n".join(["These settings cannot be used:", *lines])
    if isinstance(error, SQLAlchemyError):
        return f"The database cannot be used: {error.orig if isinstance(error, DBAPIError) else error}"
    return None
