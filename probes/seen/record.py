"""The decorator that makes a record: frozen, slotted, and known to mypy as a dataclass."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, dataclass_transform

T = TypeVar("T")

if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True, field_specifiers=(field,))
    def record(cls: type[T], /) -> type[T]:
        """What mypy needs to hear of the assignment below."""
else:
    record = dataclass(frozen=True, slots=True)
