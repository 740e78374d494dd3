"""Alembic's entry: the connection is the store's own, inside the store's own transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
