"""What is different in one thing between two looks from the same vantage, and what of it the next look is held to."""

from collections.abc import Iterator

from collector.changing import INFRASTRUCTURE, LOOKS, RISKY_SERVICES, ChangeKind, Difference, Thing
from collector.covered import SERVICES, Covered
from collector.memory import View

WORDS: dict[str, tuple[ChangeKind, str]] = {
    "serial": ("replaced", "{label} has another serial number, {after} where {before} was: it was replaced."),
    "version": ("firmware", "{label} now runs {after}; it ran {before}."),
    "hostname": ("renamed", "{label} is now called {after}; it was called {before}."),
}


def differences(thing: Thing, before: View, after: View, covered: Covered) -> list[Difference]:
    """Everything that both looks said and said differently; a loss only where this look was complete."""
    found = [
        *_words(thing, before, after),
        *_place(thing, before, after),
        *_addresses(thing, before, after, covered),
        *_services(thing, before, after, covered),
        *_certificates(thing, before, after),
        *_speeds(thing, before, after),
        *_vlans(thing, before, after),
        *_ups(thing, before, after),
        *_configuration(thing, before, after),
    ]
    return found


def keep(before: View, after: View, found: list[Difference], ripe: list[Difference]) -> View:
    """What the next look is compared with: tonight's words, except what is not believed yet or was not said."""
    kinds, now = {d.kind for d in found}, {d.kind for d in ripe}
    kept: dict[str, object] = {
        "words": {**before.words, **after.words},
        "speeds": {**before.speeds, **after.speeds},
        "ups": {**before.ups, **after.ups},
        "services": _kept_services(before, after, ripe),
        "certificates": {**(before.certificates or {}), **(after.certificates or {})} or None,
        "vlans": after.vlans if after.vlans is not None else before.vlans,
        "uplinks": after.uplinks or before.uplinks,
        "configuration": after.configuration or before.configuration,
    }
    if after.place is None or ("moved" in kinds and "moved" not in now):
        kept |= {"place": before.place, "place_label": before.place_label}
    if "address" not in kinds:
        kept["ips"] = tuple(sorted({*before.ips, *after.ips}))
    return after.model_copy(update=kept)


def _kept_services(before: View, after: View, ripe: list[Difference]) -> dict[str, str] | None:
    if before.services is None or after.services is None:
        return after.services if before.services is None else before.services
    closed = {d.what for d in ripe if d.kind == "service-closed"}
    return {**{port: name for port, name in before.services.items() if port not in closed}, **after.services}


def _words(thing: Thing, before: View, after: View) -> Iterator[Difference]:
    for name, now in after.words.items():
        was = before.words.get(name)
        if was is not None and was != now:
            kind, sentence = WORDS[name.split(" ")[0]]
            yield Difference(
                kind,
                "",
                was,
                now,
                sentence.format(label=thing.label, before=was, after=now),
                benign=_benign(kind, thing),
            )


def _benign(kind: ChangeKind, thing: Thing) -> bool:
    return kind in ("firmware", "renamed") and not thing.fixed


def _place(thing: Thing, before: View, after: View) -> Iterator[Difference]:
    """A place without a port was behind a switch whose table was not read: to know better is no move."""
    if before.place is None or after.place is None or before.place == after.place or not before.place[1]:
        return
    was, now = before.place_label, after.place_label
    sentence = f"{thing.label} moved from {was} to {now}."
    yield Difference("moved", "", was, now, sentence, benign=thing.sleeps, looks=LOOKS["moved"])


def _addresses(thing: Thing, before: View, after: View, covered: Covered) -> Iterator[Difference]:
    was, now = set(before.ips), set(after.ips)
    if not was or not now or was == now:
        return
    if now < was and not covered.whole(("snmp.own_addresses",), after.ips):
        return
    before_text, after_text = ", ".join(before.ips), ", ".join(after.ips)
    sentence = f"{thing.label} has the address {after_text}; it had {before_text}."
    yield Difference("address", "", before_text, after_text, sentence, benign=not thing.fixed or thing.kind == "phone")


def _services(thing: Thing, before: View, after: View, covered: Covered) -> Iterator[Difference]:
    if before.services is None or after.services is None:
        return
    for port, name in after.services.items():
        if port not in before.services:
            benign = thing.kind not in INFRASTRUCTURE and name not in RISKY_SERVICES
            text = f"{name or 'a service'} ({port})"
            yield Difference("service-opened", port, "", text, f"{thing.label} now offers {text}.", benign=benign)
    if not covered.whole(SERVICES, after.ips):
        return
    for port, name in before.services.items():
        if port not in after.services:
            text = f"{name or 'a service'} ({port})"
            sentence = f"{thing.label} no longer offers {text}."
            benign = not thing.fixed
            yield Difference("service-closed", port, text, "", sentence, benign, LOOKS["service-closed"])


def _certificates(thing: Thing, before: View, after: View) -> Iterator[Difference]:
    for port, now in (after.certificates or {}).items():
        was = (before.certificates or {}).get(port)
        if was is not None and was != now:
            sentence = f"{thing.label} shows another certificate on port {port}: {now}; it was {was}."
            yield Difference("certificate", port, was, now, sentence, benign=not thing.fixed)


def _speeds(thing: Thing, before: View, after: View) -> Iterator[Difference]:
    for port, now in after.speeds.items():
        was = before.speeds.get(port)
        if was is not None and was != now:
            less = "less" if now < was else "more"
            sentence = f"{thing.label} port {port} runs at {now} Mbit/s, {less} than the {was} Mbit/s before."
            # A sleeping computer takes its port down to 10 or 100 Mbit/s: only uplinks and fixed equipment are news.
            benign = port not in {*after.uplinks, *before.uplinks, *after.serving, *before.serving}
            yield Difference("speed", port, f"{was} Mbit/s", f"{now} Mbit/s", sentence, benign)


def _vlans(thing: Thing, before: View, after: View) -> Iterator[Difference]:
    if before.vlans is None or after.vlans is None:
        return
    for vid in sorted(set(after.vlans) - set(before.vlans)):
        yield Difference("vlan-added", str(vid), "", f"VLAN {vid}", f"{thing.label} now has VLAN {vid}.")
    for vid in sorted(set(before.vlans) - set(after.vlans)):
        yield Difference("vlan-removed", str(vid), f"VLAN {vid}", "", f"{thing.label} no longer has VLAN {vid}.")


UPS_WORDS = {
    "ups.on-battery": ("runs from its battery", "runs from the mains again"),
    "ups.replace-battery": ("asks for a new battery", "no longer asks for a new battery"),
}


def _ups(thing: Thing, before: View, after: View) -> Iterator[Difference]:
    changed = {name: now for name, now in after.ups.items() if before.ups.get(name, now) != now}
    if not changed:
        return
    name, now = next(iter(changed.items()))
    words = UPS_WORDS[name][now != "true"] if name in UPS_WORDS else f"says {name.split('.')[1]} {now}"
    was_text = ", ".join(f"{n.split('.')[1]} {before.ups[n]}" for n in changed)
    now_text = ", ".join(f"{n.split('.')[1]} {changed[n]}" for n in changed)
    yield Difference("ups", "", was_text, now_text, f"{thing.label} {words}.")


def _configuration(thing: Thing, before: View, after: View) -> Iterator[Difference]:
    """The redacted lines that came and went; without them (the agent's first look) only that it changed."""
    if not before.configuration or not after.configuration or before.configuration == after.configuration:
        return
    gone = [line[1:].strip() for line in after.configuration_diff if line.startswith("-")]
    come = [line[1:].strip() for line in after.configuration_diff if line.startswith("+")]
    lines = f": {_few(come, 'added')}{'; ' if come and gone else ''}{_few(gone, 'taken out')}" if come or gone else ""
    sentence = f"The configuration of {thing.label} changed{lines}."
    yield Difference("configuration", "", "\n".join(gone)[:2000], "\n".join(come)[:2000], sentence)


def _few(lines: list[str], what: str) -> str:
    shown = ", ".join(f"\u201c{line[:60]}\u201d" for line in lines[:2])
    more = f" and {len(lines) - 2} more lines" if len(lines) > 2 else ""
    return f"{shown}{more} {what}" if lines else ""
