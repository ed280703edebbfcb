"""Whether makers still support what is in use, by dated lifecycle data; unknown is never good news."""

from collections.abc import Iterator, Sequence

from baselines.judgement import Judgement, Says
from baselines.lifecycle import SupportEnd, support_by_shipped
from baselines.reading import (
    INFRASTRUCTURE,
    about,
    counted,
    described,
    field_shown,
    label,
    listed,
    seen_tonight,
    setting,
)
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Asset

_ALL = (*INFRASTRUCTURE, "endpoint", "printer", "phone", "camera", "other")
# A version told by a DHCP fingerprint or a guess of the scanner is below this.
_BELIEVED = 0.65


def supported(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Each device of `kinds` against the lifecycle data. Computers and the like that are not known are told as one."""
    kinds = setting(clause, "kinds", _ALL)
    devices = sorted((a for a in night.assets if a.kind in kinds and not a.private), key=lambda a: a.id)
    rest: list[tuple[Asset, bool | None]] = []
    for device in devices:
        entry = support_by_shipped(device, night.on)
        state = _state(night, device, entry)
        if state is False and entry:
            yield _ended(device, entry)
        elif device.kind in INFRASTRUCTURE:
            yield _infrastructure(device, entry, state)
        else:
            rest.append((device, state))
    if rest:
        yield _told_as_one(rest)


def _state(night: Night, device: Asset, entry: SupportEnd | None) -> bool | None:
    """Supported, not supported, or None: no entry, an identity only remembered, or one that is a guess."""
    fields = _fields(entry)
    believed = all(device.why[f].confidence >= _BELIEVED for f in fields if f in device.why and f != "maker")
    if entry is None or not believed or not seen_tonight(night, device, *fields):
        return None
    return entry.supported(night.on)


def _fields(entry: SupportEnd | None) -> tuple[str, ...]:
    pairs = (("maker", "maker"), ("model", "model"), ("software", "os"), ("software", "version"))
    return tuple(field for of, field in pairs if entry and getattr(entry, of))


def _ended(device: Asset, entry: SupportEnd) -> Judgement:
    running = f" {_running(device)}" if entry.software and _running(device) else ""
    since = f"{entry.ends:%-d %B %Y}{' at the latest' if entry.at_latest else ''}"
    which = f" runs{running}, which" if running else ""
    text = f"{described(device)}{which} has had no support from its maker since {since}."
    evidence = (
        *field_shown(device, *_fields(entry)),
        Evidence(what=entry.what, value=f"support ended {since}", source=entry.source),
    )
    return about(device, Says.FAILS, text, f"ended-{entry.ends}", evidence)


def _running(device: Asset) -> str:
    return f"{device.os} {device.version}".strip()


def _infrastructure(device: Asset, entry: SupportEnd | None, state: bool | None) -> Judgement:
    if state and entry:
        until = f"until {entry.ends:%-d %B %Y}" if entry.ends else "with no end announced"
        evidence = (*field_shown(device, *_fields(entry)), Evidence(what=entry.what, value=until, source=entry.source))
        return about(device, Says.HOLDS, f"{described(device)} is supported by its maker, {until}.", "", evidence)
    if entry is None:
        text = f"When support ends for {described(device)} is not in the lifecycle data, so it is not assessed."
        named = f"A line for {device.maker} {device.model} in the lifecycle data, with the maker's date."
        close = named if device.model else f"A credential that shows the model and version of {label(device)}."
        return about(device, Says.SILENT, text, "", field_shown(device, "model", "os", "version"), close)
    text = (
        f"Whether {described(device)} is still supported could not be told: its version was not surely seen this night."
    )
    return about(device, Says.SILENT, text, "", field_shown(device, "model", "os", "version"))


def _told_as_one(rest: Sequence[tuple[Asset, bool | None]]) -> Judgement:
    unknown = [d for d, state in rest if state is None]
    if unknown:
        text = f"Support is not known for {len(unknown)} of {counted(len(rest), 'other device')}"
        return Judgement(Says.SILENT, f"{text}: {listed((label(d) for d in unknown), 4)}.")
    source = Evidence(what="devices with known support", value=str(len(rest)), source="lifecycle data")
    return Judgement(Says.HOLDS, f"Every other device ({len(rest)}) is supported by its maker.", evidence=(source,))


def ends_recorded(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Whether an end-of-support date is held for every device of `kinds`."""
    kinds = setting(clause, "kinds", _ALL)
    devices = sorted((a for a in night.assets if a.kind in kinds and not a.private), key=lambda a: a.id)
    if not devices:
        return
    blank = [d for d in devices if support_by_shipped(d, night.on) is None or not seen_tonight(night, d)]
    if blank:
        text = f"An end-of-support date is held for {len(devices) - len(blank)} of {counted(len(devices), 'device')}; "
        yield Judgement(Says.SILENT, f"{text}blank: {listed((label(d) for d in blank), 5)}.")
    else:
        source = Evidence(what="end-of-support dates", value=str(len(devices)), source="lifecycle data")
        yield Judgement(
            Says.HOLDS, f"An end-of-support date is held for every device ({len(devices)}).", evidence=(source,)
        )


def none_unsupported(night: Night, clause: Clause) -> Iterator[Judgement]:
    """One answer for the site: unsupported devices speak against, the rest is for people to review."""
    ended = [(a, e) for a in sorted(night.assets, key=lambda a: a.id) if not a.private
             and (e := support_by_shipped(a, night.on)) and _state(night, a, e) is False]  # fmt: skip
    if ended:
        names = listed((label(a) for a, _ in ended), 5)
        text = f"Without support from the maker, and in use: {counted(len(ended), 'device')} ({names})."
        evidence = tuple(
            Evidence(what=label(a), value=f"{e.what}, ended {e.ends}", source=e.source) for a, e in ended[:8]
        )
        yield Judgement(Says.FAILS, text, condition="+".join(a.id for a, _ in ended[:12]), evidence=evidence)
    elif night.assets:
        yield Judgement(
            Says.PERSON, f"No unsupported device was seen among {len(night.assets)}; the review is for people."
        )


def isolated(night: Night, _: Clause) -> Iterator[Judgement]:
    """An unsupported device that answers this agent on a network of users is not isolated from it."""
    for asset in sorted(night.assets, key=lambda a: a.id):
        entry = support_by_shipped(asset, night.on)
        if asset.private or not entry or _state(night, asset, entry) is not False:
            continue
        if asset.services:
            ports = listed(f"{s.name or s.protocol} on port {s.port}" for s in asset.services[:4])
            lost = f"{described(asset)} has no support any more ({entry.what})"
            text = f"{lost} and answers the {night.vantage} network: {ports}."
            yield about(asset, Says.FAILS, text, "reachable", field_shown(asset, "os", "model"))
        else:
            yield about(
                asset, Says.SILENT, f"{described(asset)} has no support any more; what it can reach was not tried."
            )
