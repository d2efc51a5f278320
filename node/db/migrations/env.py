"""What alembic runs: inside the transaction that `session.upgrade` hands over."""

from alembic import context

from node.db.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
