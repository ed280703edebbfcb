"""Banners and DHCP fingerprints, each read as the one thing that a host said, held against what it is known to be."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.measuring_dumps import AT, Row, corpus_folder, read_rows, truth_of
from agent.measuring_marks import Mark, Verdict, contains, is_kept_apart, plain
from probes.canonical import clean
from probes.identify import identify
from probes.seen import (
    Certificate,
    DhcpHeard,
    MdnsService,
    OpenPort,
    Printer,
    Seen,
    Smb,
    SshHostKey,
    System,
    WebPage,
)
from probes.vocabulary import Observation

COLUMNS = ("maker", "product")
_IP = "192.0.2.1"
_PORTS = {"ftp_banners": 21, "telnet_banners": 23, "ntp_banners": 123, "rtsp_servers": 554, "sip_banners": 5060,
          "sip_user_agents": 5060, "ldap_searchresult": 389, "h323_callresp": 1720}  # fmt: skip


def banner_marks(truth: Path) -> list[Mark]:
    """Marks of every banner whose device or operating system has a maker or product. `kind` is kept apart or open."""
    folder, spellings = corpus_folder(truth) / "banners", _spellings(truth)
    strings = [s for path in sorted(folder.glob("*.csv")) for row in read_rows(path) for s in _strings(path.stem, row)]
    fingerprints = read_rows(corpus_folder(truth) / "dhcp" / "fingerprints.csv")
    strings += [one for row in fingerprints for one in _fingerprint(row)]
    each = {(one.protocol, one.name): one for one in strings}
    return [mark for one in each.values() for mark in _judged(one, spellings)]


def _spellings(truth: Path) -> dict[str, set[str]]:
    """The other spellings of a maker that truth.csv accepts anywhere, without case and spaces."""
    found: dict[str, set[str]] = {}
    for row in truth_of(truth).values():
        names = {plain(name) for name in (row["vendor"], *row.get("vendor_alt", "").split("|")) if name}
        for name in names:
            found.setdefault(name, set()).update(names)
    return found


@dataclass(frozen=True, slots=True)
class String:
    """One thing that a host said, and what the host is known to be."""

    protocol: str
    name: str
    seen: Seen
    makers: frozenset[str]
    product: str


def _strings(protocol: str, row: Row) -> Iterator[String]:
    if protocol == "fusioninventory_sysdescr":
        said = System(descr=clean(row["sysdescr"]))
        yield String(protocol, row["sysdescr"], said, frozenset({row["vendor"]} - {""}), row["model"])
        return
    known = _json(row.get("all", ""))
    makers = frozenset({known.get("hw.vendor", ""), known.get("os.vendor", "")} - {""})
    product = known.get("hw.product") or known.get("os.product") or ""
    seen = seen_of(protocol, row.get("example", ""))
    if seen is not None and (makers or product):
        yield String(protocol, row["id"], seen, makers, product)


def _json(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _fingerprint(row: Row) -> Iterator[String]:
    numbers = tuple(int(word) for word in row["option55"].split(",") if word.strip().isdigit())
    if not (numbers or row["option60"]):
        return
    seen = DhcpHeard("02:00:00:00:00:01", "discover", vendor_class=clean(row["option60"]), parameters=numbers)
    name = f"{row['source']} {row['name']} {row['option55']} {row['option60']}"
    how = "dhcp option 60" if row["option60"] else "dhcp option 55 alone"
    yield String(how, name, seen, frozenset({row["vendor"]} - {""}), row["name"])


def _judged(one: String, spellings: Mapping[str, set[str]]) -> Iterator[Mark]:
    said = identify([Observation("banner", _IP, "corpus", AT, one.seen)])
    held = "kept apart" if is_kept_apart(one.name) else "open"
    if one.makers:
        right = _is_maker(said.maker, one.makers, spellings)
        verdict: Verdict = "blank" if not said.maker else "right" if right else "wrong"
        yield Mark("maker", verdict, one.name, one.protocol, held, said.maker, "|".join(sorted(one.makers)))
    if one.product:
        words = [word for word in (said.model, f"{said.os} {said.version}".strip(), said.os) if word]
        right = any(_is_product(word, one.product) for word in words)
        verdict = "right" if right else "wrong" if said.model else "blank"
        yield Mark("product", verdict, one.name, one.protocol, held, " / ".join(words[:2]), one.product)


def _is_maker(said: str, makers: Iterable[str], spellings: Mapping[str, set[str]]) -> bool:
    return any(contains(said, maker) or plain(said) in spellings.get(plain(maker), set()) for maker in makers)


def _is_product(said: str, truth: str) -> bool:
    a, b = (re.sub(r"[\W_]+", "", plain(text)) for text in (said, truth))
    return bool(a and b) and (a in b or b in a)


def seen_of(protocol: str, example: str) -> Seen | None:
    """What a night would have written down of such a banner, or None where it asks no such question."""
    if protocol in _PORTS:
        proto = "udp" if protocol == "ntp_banners" else "tcp"
        return OpenPort(_IP, proto, _PORTS[protocol], banner=clean(example))
    made = _READ.get(protocol)
    return made(clean(example)) if made else None


def _object_id(text: str) -> Seen:
    object_id, _, descr = text.partition(" ")
    return System(descr=descr, object_id=object_id)


def _realm(text: str) -> Seen:
    realm = re.search(r'realm="?([^"]*)', text, re.IGNORECASE)
    return WebPage(_IP, 80, False, 401, realm=realm[1] if realm else text)


def _device_info(text: str) -> Seen:
    pairs = dict(word.partition("=")[::2] for word in text.split() if "=" in word)
    return MdnsService(_IP, "_device-info._tcp.local", "thing", txt=pairs)


_READ: dict[str, Callable[[str], Seen]] = {
    "snmp_sysdescr": lambda text: System(descr=text),
    "snmp_sysobjid": _object_id,
    "dhcp_vendor_class": lambda text: DhcpHeard("02:00:00:00:00:01", "discover", vendor_class=text),
    "html_title": lambda text: WebPage(_IP, 80, False, 200, title=text),
    "http_servers": lambda text: WebPage(_IP, 80, False, 200, server=text),
    "http_wwwauth": _realm,
    "ssh_banners": lambda text: SshHostKey(_IP, text if text.startswith("SSH-") else f"SSH-2.0-{text}"),
    "smb_native_os": lambda text: Smb(_IP, (), os=text),
    # A night never speaks to printing ports; printers give the same words in hrDeviceDescr.
    "hp_pjl_id": lambda text: Printer(descr=text),
    "x509_subjects": lambda text: Certificate(_IP, 443, text, "", AT, AT, False),
    "x509_issuers": lambda text: Certificate(_IP, 443, "", text, AT, AT, False),
    "mdns_device-info_txt": _device_info,
}
