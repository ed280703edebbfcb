"""Wrong passwords are counted across restarts, and a person can close a plausibility alert."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table of sign-in tries, and who closed an alert."""
    op.create_table(
        "sign_in_try",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("about", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("wrong", sa.JSON(), nullable=False),
        sa.Column("latest", sa.DateTime(), nullable=False),
        sa.Column("refused_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "about", name=op.f("pk_sign_in_try")),
    )
    op.add_column("alert", sa.Column("closed", sa.DateTime(), nullable=True))
    op.add_column("alert", sa.Column("closed_by", sa.Text(), server_default="", nullable=False))
    op.add_column("alert", sa.Column("closed_why", sa.Text(), server_default="", nullable=False))
