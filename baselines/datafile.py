"""Data files read strictly: YAML in which a key may stand once, with errors that name the file and line."""

from pathlib import Path
from typing import Any

import yaml

from probes.errors import BadInput

# libyaml reads the 300 clauses ten times as fast as Python does.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Loader):  # type: ignore[misc,valid-type]
    """YAML in which a key may stand only once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise BadInput(f"line {key_node.start_mark.line + 1}: {key} stands twice")
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def read_yaml(path: Path) -> Any:
    """The content of a data file. Raises BadInput with the file and line when it is not YAML or repeats a key."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)  # noqa: S506 - a SafeLoader
    except BadInput as error:
        raise BadInput(f"{path.name}: {error}") from None
    except OSError as error:
        raise BadInput(f"{path.name}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise BadInput(f"{path.name}: {where}not YAML") from None
