"""How every table is shaped: keys begin with the tenant, words are never NULL, and constraints have names."""

from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Integer, MetaData, Text

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


def key(name: str, kind: Any = Text) -> Column[Any]:
    """A column of the primary key."""
    return Column(name, kind, primary_key=True, nullable=False, autoincrement=False)


def word(name: str) -> Column[Any]:
    """Text that is "" when nothing was said."""
    return Column(name, Text, nullable=False, default="", server_default="")


def items(name: str) -> Column[Any]:
    """A JSON list, empty when nothing was said."""
    return Column(name, JSON, nullable=False, default=list, server_default="[]")


def count(name: str) -> Column[Any]:
    """A number that begins at 0."""
    return Column(name, Integer, nullable=False, default=0, server_default="0")


def of(table: str, *columns: str) -> ForeignKeyConstraint:
    """A row belongs to a row of `table`, and goes with it."""
    return ForeignKeyConstraint(
        ["tenant", *columns], [f"{table}.tenant", *(f"{table}.{column}" for column in columns)], ondelete="CASCADE"
    )
