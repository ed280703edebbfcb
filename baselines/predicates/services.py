"""What devices offer on the network that they should not: one finding per device, one for all the rest."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from baselines.judgement import Judgement, Says
from baselines.reading import (
    SCANS,
    about,
    asked_completely,
    counted,
    described,
    fact,
    label,
    listed,
    seen_tonight,
    setting,
    shown,
    sure,
    told_by,
    unconfirmed,
)
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Asset, Json, Service


class Fault(NamedTuple):
    """What is wrong with one device: a stable word for it, what follows its name in a sentence, and what shows it."""

    condition: str
    text: str
    evidence: tuple[Evidence, ...]


TLS_NAMES = ("https", "ldaps", "imaps", "pop3s", "smtps")
TLS_PORTS = (443, 465, 636, 853, 993, 995, 4343, 5001, 5061, 5986, 8006, 8443, 8883, 9443, 10443)
Finds = Callable[[Night, Asset], Fault | None]
Asked = Callable[[Night, Asset], bool]


def everywhere(night: Night, clause: Clause, finds: Finds, asked: Asked) -> Iterator[Judgement]:
    """Each device with the fault; if none, one answer for all: held only when every device was asked completely."""
    kinds, means = setting(clause, "kinds", None), setting(clause, "means", "has this fault")
    devices = [a for a in night.assets if not a.private and a.ips and (not kinds or a.kind in kinds)]
    devices.sort(key=lambda a: a.id)
    faults = [(d, fault) for d in devices if (fault := finds(night, d))]
    for device, fault in faults:
        if seen_tonight(night, device):
            yield about(device, Says.FAILS, f"{described(device)} {fault.text}.", fault.condition, fault.evidence)
        else:
            yield unconfirmed(device, "what it offers")
    if not faults:
        yield _rest(night, devices, means, asked, bool(setting(clause, "never_clear", False)))


def _rest(night: Night, devices: Sequence[Asset], means: str, asked: Asked, never: bool) -> Judgement:
    missing = [d for d in devices if not asked(night, d)]
    if not devices:
        return Judgement(Says.SILENT, "No device that this is about was seen this night.")
    if never:
        text = f"No device was seen that {means}; that none does cannot be told from here."
        return Judgement(Says.SILENT, text)
    if missing:
        unasked = f"{len(missing)} of {counted(len(devices), 'device')} could not be asked completely"
        names = listed((label(d) for d in missing), 4)
        return Judgement(Says.SILENT, f"No device was seen that {means}, but {unasked}: {names}.")
    source = Evidence(what="devices asked", value=str(len(devices)), source="nmap.services")
    return Judgement(Says.HOLDS, f"No device asked ({len(devices)}) {means}.", evidence=(source,))


def scanned(night: Night, asset: Asset) -> bool:
    """Whether the ports of a device were asked completely."""
    return asked_completely(night, asset, *SCANS)


_ASKED_BY = {
    "tls": (TLS_NAMES, TLS_PORTS),
    "smb.dialects": (("smb", "netbios"), (139, 445)),
    "smb.signing": (("smb", "netbios"), (139, 445)),
    "ftp.anonymous": (("ftp",), (21,)),
    "ssh.banner": (("ssh",), (22,)),
}


def knows(name: str) -> Asked:
    """Whether a fact is known for every service it is about, or the scan shows that there is none."""

    def known(night: Night, asset: Asset) -> bool:
        names, ports = _ASKED_BY.get(name, ((), ()))
        found = fact(night, asset, name)
        about_it = [s for s in asset.services if s.name in names or (s.protocol == "tcp" and s.port in ports)]
        if name == "tls" and found and sure(found):
            return scanned(night, asset) and {s.port for s in about_it} <= {row["port"] for row in found.value}
        return sure(found) or (bool(names) and scanned(night, asset) and not about_it)

    return known


def open_service(night: Night, clause: Clause) -> Iterator[Judgement]:
    """A TCP or UDP service that must not be offered, by name or port."""
    names, ports = set(setting(clause, "names", [])), set(setting(clause, "ports", []))
    text = setting(clause, "text", "offers a service it should not")

    def finds(night: Night, asset: Asset) -> Fault | None:
        found = next((s for s in asset.services if s.name in names or (s.port in ports and s.protocol == "tcp")), None)
        return Fault(f"{found.protocol}-{found.port}", text, (_service(night, asset, found),)) if found else None

    return everywhere(night, clause, finds, scanned)


def _service(night: Night, asset: Asset, service: Service) -> Evidence:
    words = " ".join(filter(None, [service.name, service.product, service.version]))
    return told_by(night, asset, f"{service.protocol} port {service.port}", f"open: {words}", *SCANS)


def fact_is(night: Night, clause: Clause) -> Iterator[Judgement]:
    """A fact whose value is one of `values`, or a list that holds one of them."""
    name, values = setting(clause, "fact", ""), setting(clause, "values", [True])
    text = setting(clause, "text", "")

    def finds(night: Night, asset: Asset) -> Fault | None:
        found = fact(night, asset, name)
        held = found.value if found and isinstance(found.value, list) else [found.value] if found else []
        bad = [v for v in values if v in held]
        return Fault(name, text, (shown(name, bad[0], found.why),)) if found and bad else None

    return everywhere(night, clause, finds, knows(name))


_ADMIN = re.compile(r"log ?[io]n|admin|router|switch|gateway|firewall|access point|management|set-?up", re.IGNORECASE)


def plain_admin(night: Night, clause: Clause) -> Iterator[Judgement]:
    """A network device's page over HTTP that does not send the visitor on to HTTPS.

    Of a device whose kind is not known, only a page that names administration, or the device's own model, counts.
    """
    surely = set(setting(clause, "network", ["switch", "ap", "wlc", "router", "firewall", "ups", "nas"]))

    def finds(night: Night, asset: Asset) -> Fault | None:
        told = fact(night, asset, "web.titles")
        pages = [p for p in told.value if not p["tls"] and p["status"] in (200, 401, 403)] if told else []
        pages = [p for p in pages if asset.kind in surely or _administers(p, asset)]
        if told and pages:
            port, what = pages[0]["port"], pages[0]["title"] or pages[0]["realm"] or pages[0]["status"]
            text = f"offers its administration page without encryption on port {port}"
            return Fault(f"http-{port}", text, (shown(f"http port {port}", what, told.why),))
        web = {s.name: s for s in asset.services if s.name in ("http", "https")}
        if asset.kind in surely and "http" in web and "https" not in web and not told:
            evidence = (_service(night, asset, web["http"]),)
            return Fault("http-only", "offers a web page without encryption, and none with", evidence)
        return None

    return everywhere(night, clause, finds, scanned)


def _administers(page: Mapping[str, Json], asset: Asset) -> bool:
    words = f"{page['title']} {page['realm']}"
    return bool(_ADMIN.search(words)) or bool(asset.model and asset.model.lower() in words.lower())


def certificates(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Certificates: `fault` is expired, expiring (within `days`), self-signed or old-tls (any of `versions`)."""
    fault, days = setting(clause, "fault", "expired"), int(setting(clause, "days", 30))
    versions = setting(clause, "versions", ["SSLv3", "TLSv1", "TLSv1.1"])

    def finds(night: Night, asset: Asset) -> Fault | None:
        told = fact(night, asset, "tls")
        for row in told.value if told else ():
            text = _certificate_fault(night, row, fault, days, versions)
            if told and text:
                shown_value = (
                    ", ".join(row["protocols"]) if fault == "old-tls" else f"{row['subject']}, until {row['not_after']}"
                )
                return Fault(
                    f"{row['port']}-{_mark(row, fault)}",
                    text,
                    (shown(f"tls port {row['port']}", shown_value, told.why),),
                )
        return None

    return everywhere(night, clause, finds, knows("tls"))


def _mark(row: dict[str, str], fault: str) -> str:
    return fault if fault in ("self-signed", "old-tls") else str(row["not_after"])[:10]


def _certificate_fault(night: Night, row: dict[str, object], fault: str, days: int, versions: Sequence[str]) -> str:
    ends = datetime.fromisoformat(str(row["not_after"])).date()
    port = row["port"]
    protocols = row["protocols"] if isinstance(row["protocols"], list) else []
    old = [v for v in protocols if v in versions]
    if fault == "expired" and ends < night.on:
        return f"serves a certificate on port {port} that ran out on {ends:%-d %B %Y}"
    if fault == "expiring" and night.on <= ends <= night.on + timedelta(days=days):
        return f"serves a certificate on port {port} that runs out on {ends:%-d %B %Y}"
    if fault == "self-signed" and row["self_signed"]:
        return f"serves a certificate on port {port} that only it has signed"
    if fault == "old-tls" and old:
        return f"still accepts {listed(old)} on port {port}"
    return ""


def old_ssh(night: Night, clause: Clause) -> Iterator[Judgement]:
    """SSH protocol 1, which the banner names as 1.x (RFC 4253, section 5.1)."""

    def finds(night: Night, asset: Asset) -> Fault | None:
        told = fact(night, asset, "ssh.banner")
        if told and str(told.value).startswith("SSH-1."):
            return Fault("ssh-1", "still accepts SSH protocol 1", (shown("ssh banner", told.value, told.why),))
        return None

    return everywhere(night, clause, finds, knows("ssh.banner"))


def open_resolver(night: Night, clause: Clause) -> Iterator[Judgement]:
    """A DNS server that answers anybody and is not one that the school's DHCP hands out."""
    own = {address for offer in night.dhcp if offer.authorised is not False for address in offer.dns}

    def finds(night: Night, asset: Asset) -> Fault | None:
        told = fact(night, asset, "dns.open-resolver")
        if told and told.value is True and not own & set(asset.ips):
            return Fault("open", "answers DNS questions for anybody, and is not the school's resolver",
                         (shown("dns.open-resolver", True, told.why),))  # fmt: skip
        return None

    return everywhere(night, clause, finds, knows("dns.open-resolver"))


_UNSAFE: tuple[tuple[str, tuple[object, ...], str], ...] = (
    ("snmp.default-community", (True,), "accepts a default SNMP community"),
    ("smb.dialects", ("NT LM 0.12",), "still speaks SMB 1"),
    ("ftp.anonymous", (True,), "lets anybody in by FTP"),
)


def unsafe(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Any of the plain faults of configuration: telnet, default community, SMB 1, anonymous FTP, old TLS, old SNMP."""
    old_snmp = bool(setting(clause, "old_snmp", False))

    def finds(night: Night, asset: Asset) -> Fault | None:
        faults = list(_plain_faults(night, asset, old_snmp))
        if not faults:
            return None
        texts = [f.text for f in faults]
        condition = "+".join(sorted(f.condition for f in faults))
        return Fault(condition, listed(texts), tuple(e for f in faults for e in f.evidence))

    needs = [knows(name) for name in ("tls", "smb.dialects", "ftp.anonymous")]
    return everywhere(night, clause, finds, lambda n, a: scanned(n, a) and all(need(n, a) for need in needs))


def _plain_faults(night: Night, asset: Asset, old_snmp: bool) -> Iterator[Fault]:
    for service in asset.services:
        if service.name == "telnet" or (service.protocol, service.port) == ("tcp", 23):
            yield Fault("telnet", "offers telnet", (_service(night, asset, service),))
            break
    extra = (("snmp.versions", ("v1", "v2c"), "answers SNMP without encryption"),) if old_snmp else ()
    for name, values, text in (*_UNSAFE, *extra):
        told = fact(night, asset, name)
        held = (told.value if isinstance(told.value, list) else [told.value]) if told else []
        if told and any(v in held for v in values):
            yield Fault(name, text, (shown(name, told.value, told.why),))
    told = fact(night, asset, "tls")
    old = (
        sorted({v for row in told.value for v in row["protocols"] if v in ("SSLv3", "TLSv1", "TLSv1.1")})
        if told
        else []
    )
    if told and old:
        yield Fault("old-tls", f"still accepts {listed(old)}", (shown("tls", ", ".join(old), told.why),))
