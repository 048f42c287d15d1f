"""Alembic's entry. The connection is handed in; there is no alembic.ini and no offline mode."""

from alembic import context

from models.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    include_object=lambda obj, name, kind, reflected, other: (
        not (kind == "table" and str(name).startswith("parcel_box"))
    ),
)
with context.begin_transaction():
    context.run_migrations()
