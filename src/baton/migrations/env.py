"""Alembic's entry: runs the scripts on the connection that `kernel.migrations` hands in, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
