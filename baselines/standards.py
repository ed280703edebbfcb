"""The standards as dated data: reads the YAML files, refuses bad ones, and picks the clauses of a date."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from baselines.datafile import read_yaml
from baselines.predicates import PREDICATES
from baselines.vocabulary import Clause, Standard
from probes.errors import BadInput

FOLDER = Path(__file__).parent
_INHERITED = ("area", "edition", "effective_from")
_HEADER = {"standard", "title", "clauses", *_INHERITED}


def load_standards(folder: Path = FOLDER) -> tuple[Standard, ...]:
    """Every standard under `folder`: each sub-folder of areas is one, `hardening.yaml` another.

    Raises BadInput naming file, clause and key when something is wrong.
    """
    areas = sorted(path.parent for path in folder.glob("*/*.yaml") if path.parent.name != "predicates")
    standards = [load_standard(sorted(area.glob("*.yaml"))) for area in dict.fromkeys(areas)]
    hardening = folder / "hardening.yaml"
    return (*standards, *([load_standard([hardening])] if hardening.exists() else []))


def load_standard(paths: Iterable[Path]) -> Standard:
    """One standard from its area files, whose headers must agree."""
    files = [(path, _header(path, read_yaml(path))) for path in paths]
    first = files[0][1]
    for path, header in files:
        for key in ("standard", "title"):
            if header[key] != first[key]:
                raise BadInput(f"{path.name}: {key}: {header[key]!r} differs from {first[key]!r} in {files[0][0].name}")
    clauses = tuple(clause for path, header in files for clause in _clauses(path, header))
    return Standard(
        id=first["standard"], title=first["title"], edition=max(c.edition for c in clauses), clauses=clauses
    )


def _header(path: Path, data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise BadInput(f"{path.name}: is not a mapping with standard, title and clauses")
    for key in sorted(set(data) - _HEADER):
        raise BadInput(f"{path.name}: {key}: unknown key")
    for key in ("standard", "title", "clauses"):
        if not data.get(key):
            raise BadInput(f"{path.name}: {key}: missing")
    return data


def _clauses(path: Path, header: Mapping[str, Any]) -> list[Clause]:
    inherited = {key: header[key] for key in _INHERITED if key in header}
    clauses = [_clause(path, number, {**inherited, **raw}) for number, raw in enumerate(header["clauses"], 1)]
    by_id: dict[str, list[Clause]] = defaultdict(list)
    for clause in clauses:
        by_id[clause.id].append(clause)
    for editions in by_id.values():
        _refuse_overlap(path, sorted(editions, key=lambda c: c.effective_from))
    return clauses


def _clause(path: Path, number: int, raw: Mapping[str, Any]) -> Clause:
    name = raw.get("id", f"number {number}")
    try:
        clause = Clause.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path.name}: clause {name}: {key}: {first['msg']}") from None
    if not clause.closes_with.strip():
        raise BadInput(f"{path.name}: clause {name}: closes_with: empty; say what would close it")
    if clause.check and clause.check.predicate not in PREDICATES:
        raise BadInput(f"{path.name}: clause {name}: check.predicate: {clause.check.predicate!r} is no predicate")
    if clause.effective_to and clause.effective_to < clause.effective_from:
        raise BadInput(f"{path.name}: clause {name}: effective_to: earlier than effective_from")
    return clause


def _refuse_overlap(path: Path, editions: list[Clause]) -> None:
    for earlier, later in pairwise(editions):
        if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
            raise BadInput(
                f"{path.name}: clause {earlier.id}: effective_to: edition {earlier.edition} "
                f"overlaps edition {later.edition}, which starts on {later.effective_from}"
            )


def clauses_on(standard: Standard, on: date) -> tuple[Clause, ...]:
    """The clauses in force on a date, both ends included, in file order. An id appears at most once."""
    return tuple(
        clause
        for clause in standard.clauses
        if clause.effective_from <= on and (clause.effective_to is None or on <= clause.effective_to)
    )
