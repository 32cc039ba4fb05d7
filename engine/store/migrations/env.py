"""Run by Alembic; `engine.store.opening.upgrade` hands in the connection and owns the transaction."""

from alembic import context

from engine.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
