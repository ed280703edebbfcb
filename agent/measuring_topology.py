"""Links of joined recorded devices, made by the same picture as a night's, held against the cables that are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.measuring_dumps import AT, Dump, Row, corpus_folder, read_rows, write_rows
from agent.measuring_marks import Mark, plain
from probes.errors import BadInput
from probes.picture import picture
from probes.registry import DECODERS
from probes.seen import Interface
from probes.vocabulary import Asset, End, Picture

ANSWERS = ("topology", "local device", "local port", "remote device", "remote port")
LINKS = "links"
_NOT_WALKED = " (not walked)"


@dataclass(frozen=True, slots=True)
class Cable:
    """One link as devices and ports by name."""

    a: str
    a_port: str
    b: str
    b_port: str

    def joins(self, other: "Cable") -> bool:
        """Whether both are the same cable, from whichever end it is told."""
        return self._is(other) or Cable(self.b, self.b_port, self.a, self.a_port)._is(other)

    def _is(self, other: "Cable") -> bool:
        ports = _is_one_port(self.a_port, other.a_port) and _is_one_port(self.b_port, other.b_port)
        return ports and _is_one_device(self.a, other.a) and _is_one_device(self.b, other.b)


def topologies_in(truth: Path) -> list[Path]:
    """The topology folders of a corpus, of its topologies folder, or the one named. Raises BadInput."""
    if (truth / "nodes.csv").exists():
        return [truth]
    folder = corpus_folder(truth) / "topologies"
    found = sorted(path.parent for path in folder.glob("*/nodes.csv"))
    if not found:
        raise BadInput(f"{truth} holds no topologies/NAME/nodes.csv.")
    return found


def cables_of(folder: Path) -> list[Cable]:
    """Every link that a night would report of these devices."""
    nodes = read_rows(folder / "nodes.csv")
    dumps = {node["device"]: Dump(folder / node["file"], node["ip"]) for node in nodes}
    recordings = [recording for dump in dumps.values() for _, recording in dump.tables()]
    seen = picture(recordings, DECODERS, AT.date())
    names = _names(seen, nodes)
    full = {
        (device, one.name): one.descr
        for device, dump in dumps.items()
        for _, one in dump.seen
        if isinstance(one, Interface) and _is_one_port(one.name, one.descr)
    }

    def end(of: End) -> tuple[str, str]:
        return names[of.asset], full.get((names[of.asset], of.port), of.port)

    return [Cable(*end(link.a), *end(link.b)) for link in seen.links]


def _is_one_device(a: str, b: str) -> bool:
    """Whether two names are one, with or without a domain behind."""
    return a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")


def _is_one_port(a: str, b: str) -> bool:
    """Whether two port names are one, written out or short: GigabitEthernet0/9, Gi0/9."""
    (a_word, a_number), (b_word, b_number) = map(_split, (a, b))
    return a_number == b_number and (a_word == b_word or bool(a_word and b_word and a_word[:2] == b_word[:2]))


def _split(port: str) -> tuple[str, str]:
    text = plain(port)
    word = text.rstrip("0123456789/.:")
    return word, text[len(word) :]


def _names(seen: Picture, nodes: Sequence[Row]) -> dict[str, str]:
    walked = {node["ip"]: node["device"] for node in nodes}
    return {asset.id: next((walked[ip] for ip in asset.ips if ip in walked), _called(asset)) for asset in seen.assets}


def _called(asset: Asset) -> str:
    return asset.hostname or next(iter(asset.ips or asset.macs), asset.id)


def topology_marks(folder: Path, found: Sequence[Cable]) -> list[Mark]:
    """Each true cable right or left out, and each link between walked devices that no cable is, wrong."""
    rows = read_rows(folder / "links.csv")
    true = [Cable(r["a_device"], r["a_port"], r["b_device"].removesuffix(_NOT_WALKED), r["b_port"]) for r in rows]
    walked = {row["device"] for row in read_rows(folder / "nodes.csv")}
    marks = [
        Mark(LINKS, "right" if any(map(cable.joins, found)) else "blank", folder.name, truth=str(cable))
        for cable in true
    ]
    wrong = [c for c in found if rows and {c.a, c.b} <= walked and not any(map(c.joins, true))]
    return [*marks, *(Mark(LINKS, "wrong", folder.name, said=str(cable)) for cable in wrong)]


def write_cables(path: Path, found: Sequence[tuple[str, Cable]]) -> None:
    """One row a link: local device, local port, remote device, remote port. Raises BadInput."""
    write_rows(path, ANSWERS, [[name, c.a, c.a_port, c.b, c.b_port] for name, c in found])
