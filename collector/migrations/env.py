"""Alembic runs the steps over the connection that collector/store.py hands it, in one transaction."""

from alembic import context

import collector.tables  # noqa: F401 - which puts every table into the metadata
from collector.shape import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
