"""`caretaker measure`: how often what Caretaker says is right, over recorded devices or a network that is known."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agent.measuring_marks import Mark
from probes.errors import BadInput

JOBS = ("identify", "strangers", "discover", "topology")


def measure(
    job: Annotated[str, typer.Argument(help="identify, strangers, discover or topology.")],
    against: Annotated[Path, typer.Option("--against", help="A corpus folder, or for discover a truth.json.")],
    answers: Annotated[Path | None, typer.Option("--answers", help="Write one row an answer here (CSV).")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="For discover: the night's report.json.")] = None,
    write: Annotated[Path | None, typer.Option("--write", help="Put the tables into this Markdown file too.")] = None,
    wrong: Annotated[str | None, typer.Option("--wrong", help="Also list what was not right in this column.")] = None,
) -> None:
    """Hold what Caretaker says against what is known to be true; nothing is sent."""
    if job not in JOBS:
        raise BadInput(f"{job!r} is nothing to measure; use {', '.join(JOBS)}.")
    if not against.exists():
        raise BadInput(f"{against} does not exist; name a corpus folder, or for discover a truth.json.")
    work = {"identify": _identify, "strangers": _strangers, "topology": _topology}
    lines, marks = _discover(against, report, answers) if job == "discover" else work[job](against, answers)
    print("\n".join(lines))
    if wrong:
        print("\n".join(_listed(marks, wrong)))
    if write:
        _put(write, job, lines)


Measured = tuple[list[str], list[Mark]]


def _identify(against: Path, answers: Path | None) -> Measured:
    from agent.measuring_banners import COLUMNS as BANNER_COLUMNS
    from agent.measuring_banners import banner_marks
    from agent.measuring_details import LEARNED, OPTICS, PARTS, PORT_STATES, PORTS, details_of
    from agent.measuring_dumps import dumps_in, truth_of
    from agent.measuring_identity import identity_tables, known_of, marks_of, write_answers
    from agent.measuring_marks import columns_table, groups_table

    truth = truth_of(against)
    known, details = [], []
    for dump, found in details_of(against, dumps_in(against)):
        known.append(known_of(dump, truth.get(dump.path.name, {})))
        details += found
    if answers:
        write_answers(answers, known)
    if not truth:
        return [f"{len(known)} devices identified; there is no truth.csv to mark them against."], []
    full, thin = marks_of(known, truth)
    banners = banner_marks(against)
    apart = [mark for mark in banners if mark.kind == "kept apart"]
    lines = [
        *identity_tables(full, thin), "### Parts and ports", "",
        *columns_table(details, (PARTS, OPTICS, PORTS, PORT_STATES, LEARNED)), "",
        "### Banners and DHCP, one string each: the third that is kept apart", "",
        *columns_table(apart, BANNER_COLUMNS), "",
        *groups_table(apart, BANNER_COLUMNS, lambda mark: mark.maker, "protocol"), "",
        "### Banners and DHCP: all", "", *columns_table(banners, BANNER_COLUMNS), "",
    ]  # fmt: skip
    return lines, [*full, *thin, *details, *banners]


def _strangers(against: Path, answers: Path | None) -> Measured:
    from agent.measuring_dumps import dumps_in, truth_of
    from agent.measuring_strangers import stranger_marks, stranger_tables

    if answers:
        raise BadInput("--answers is for identify: these are not answers that Caretaker would give.")
    full, thin = stranger_marks(dumps_in(against), truth_of(against))
    return list(stranger_tables(full, thin)), [*full, *thin]


def _topology(against: Path, answers: Path | None) -> Measured:
    from agent.measuring_details import LINKS as NEIGHBOURS
    from agent.measuring_details import neighbour_marks
    from agent.measuring_marks import columns_table, groups_table
    from agent.measuring_topology import LINKS, cables_of, topologies_in, topology_marks, write_cables

    found = {folder: cables_of(folder) for folder in topologies_in(against)}
    if answers:
        write_cables(answers, [(folder.name, cable) for folder, cables in found.items() for cable in cables])
    marks = [mark for folder, cables in found.items() for mark in topology_marks(folder, cables)]
    neighbours = [] if (against / "nodes.csv").exists() else neighbour_marks(against)
    lines = ["### Links between joined devices", "", *groups_table(marks, (LINKS,), lambda m: m.name, "topology"), ""]
    if neighbours:
        lines += ["### Neighbours in recorded tables", "", *columns_table(neighbours, (NEIGHBOURS,)), ""]
    return lines, [*marks, *neighbours]


def _discover(against: Path, report: Path | None, answers: Path | None) -> Measured:
    from pydantic import ValidationError

    from agent.measuring_discovery import COLUMNS, discovery_marks, read_truth, write_places
    from agent.measuring_marks import columns_table
    from baselines.vocabulary import Report

    path = report or against.with_name("report.json")
    try:
        assets = Report.model_validate_json(path.read_bytes()).assets
    except (OSError, ValidationError) as error:
        raise BadInput(f"{path} is no report; give --report with what audit --report wrote.") from error
    if answers:
        write_places(answers, assets)
    marks = discovery_marks(assets, read_truth(against))
    return ["### Hosts on the wire", "", *columns_table(marks, COLUMNS), ""], marks


def _listed(marks: Sequence[Mark], column: str) -> list[str]:
    return [
        f"{mark.verdict:5s}  {mark.name}  {mark.maker}  {mark.kind}  said {mark.said!r}  is {mark.truth!r}"
        for mark in marks
        if mark.column == column and mark.verdict != "right"
    ]


def _put(path: Path, job: str, lines: Sequence[str]) -> None:
    """Replace the job's part of a Markdown file, between its two comments, with its tables and the date."""
    begin, end = f"<!-- measure {job} -->", f"<!-- end {job} -->"
    try:
        text = path.read_text("utf-8") if path.exists() else f"{begin}\n{end}\n"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            before, after = text + "\n", "\n"
        day = datetime.now(UTC)
        made = f"{begin}\nMeasured on {day:%-d %B %Y} by `caretaker measure {job}`.\n\n"
        path.write_text(before + made + "\n".join(lines).rstrip() + f"\n{end}" + after, "utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
