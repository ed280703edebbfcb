"""What a model can do by its data sheet: Wi-Fi generation, table sizes, memory; hand-kept, each with its source."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from baselines.datafile import read_yaml
from probes.errors import BadInput
from probes.vocabulary import Asset, Noun

SHIPPED = Path(__file__).parent / "models.yaml"
Generation = Literal["3", "4", "5", "6", "6E", "7"]


class Model(Noun):
    """One family of models. `maker` and `model` are regular expressions; None means the figure is not held."""

    maker: str
    model: str
    source: str
    wifi: Generation | None = None
    multigig: bool | None = None
    edge_mbps: int | None = None
    memory_mb: int | None = None
    mac_table: int | None = None
    stack_gbps: int | None = None
    stack_dedicated: bool | None = None
    eee: bool | None = None
    nonblocking: bool | None = None
    domestic: bool | None = None

    def matches(self, asset: Asset) -> bool:
        return bool(
            re.search(self.maker, asset.maker, re.I) and asset.model and re.search(self.model, asset.model, re.I)
        )


def load_models(path: Path = SHIPPED) -> tuple[Model, ...]:
    """The table. Raises BadInput naming the file, the entry and the key when something is wrong."""
    models = []
    for number, raw in enumerate(read_yaml(path)["models"], 1):
        try:
            models.append(Model.model_validate(raw))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise BadInput(f"{path.name}: entry {number}: {key}: {first['msg']}") from None
    return tuple(models)


@cache
def shipped() -> tuple[Model, ...]:
    """The table that comes with Caretaker."""
    return load_models()


def model_of(asset: Asset, table: Sequence[Model]) -> Model | None:
    """The first family this asset belongs to, or None when the model is not held."""
    return next((model for model in table if model.matches(asset)), None)
