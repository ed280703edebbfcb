"""What a thing is: every rule that matches adds weight to a value, and the heaviest value wins with its reasons."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import cast

from probes.claims import ENOUGH, Claim, heaviest
from probes.device_files import GIVEN, DeviceFile, Knowledge, Names, Rule, is_under, knowledge
from probes.enterprises import holder_claims
from probes.evidence import Evidence, evidence_of
from probes.identity import is_generic_name, is_no_serial
from probes.parts import parts_of
from probes.plain_kinds import kind_claims
from probes.plain_products import product_claims
from probes.plain_reading import plain_claims
from probes.plain_segments import segment_claims
from probes.quirks import axis_serial, without_lies
from probes.rule_index import RuleIndex
from probes.standing import standing_claims
from probes.vocabulary import Kind, Noun, Observation, Part, Why

_WEAK = 0.45
_OF_ANOTHER = re.compile(r"\bbuild \d|^(built-in|internal) .*\bprint server$", re.IGNORECASE)
_TIES = {"subkind": "kind", "model": "maker", "version": "os"}
Found = dict[str, list[Evidence]]


class Identity(Noun):
    """What a thing is, as far as can be said; `whys` is keyed by field."""

    kind: Kind = "unknown"
    subkind: str = ""
    maker: str = ""
    model: str = ""
    os: str = ""
    version: str = ""
    serial: str = ""
    hostname: str = ""
    parts: tuple[Part, ...] = ()
    whys: Mapping[str, Why] = {}


def identify(
    observations: Sequence[Observation],
    known: Knowledge | None = None,
    weigh: Callable[[Observation], float] = lambda _: 1.0,
) -> Identity:
    """What the thing is that all these observations speak of. Values below 0.3 are not said at all.

    `weigh` lowers the confidence of what a partial answer said.
    """
    known = known or knowledge()
    found = evidence_of(observations)
    claims = [
        *_rule_claims(found, known),
        *_table_claims(found, known),
        *_named_claims(found, known),
        *_whole_claims(found, known),
        *product_claims(found, known),
        *standing_claims(observations),
        *plain_claims(observations, known),
        *segment_claims(observations, known),
        *holder_claims(observations),
        *kind_claims(observations),
        *axis_serial(observations),
    ]
    claims = [c for c in map(_tidied(known), without_lies(claims, found)) if c.value]
    whys: dict[str, Why] = {}
    values: dict[str, str] = {}
    for name in (*GIVEN, "hostname"):
        chosen = heaviest([c for c in claims if c.field == name and _belongs(c, values)], weigh)
        if chosen is None:
            chosen = heaviest([c for c in claims if c.field == f"plain {name}"], weigh)
        if chosen:
            values[name], whys[name] = chosen
    if _is_no_model(values, whys):
        del values["model"], whys["model"]
    for name in ("holder", "publisher"):
        # Nothing names the maker: its enterprise number at least has a holder, its system one who made that.
        if "maker" not in values and (named := heaviest([c for c in claims if c.field == name], weigh)):
            sure = min(named[1].confidence, 0.5) if name == "holder" else ENOUGH
            values["maker"], whys["maker"] = named[0], named[1].model_copy(update={"confidence": sure})
    parts = parts_of([o.seen for o in observations])
    kind = cast(Kind, values.pop("kind", "unknown"))
    return Identity(kind=kind, parts=parts, whys=whys, **values)


def _is_no_model(values: Mapping[str, str], whys: Mapping[str, Why]) -> bool:
    """Whether what was read as a model, with little confidence, is the system, its version, the maker or a card."""
    model = values.get("model")
    if model is None or whys["model"].confidence >= _WEAK:
        return False
    os, maker, version = (_letters(values.get(name, "")) for name in ("os", "maker", "version"))
    of_software = {f"{name}{version}" for name in (os, maker, maker + os)} | {os, maker, maker + os, version}
    return _letters(model) in of_software - {""} or _OF_ANOTHER.search(model) is not None


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def _belongs(claim: Claim, values: Mapping[str, str]) -> bool:
    """Whether a claim fits what was already decided: a subkind its kind, a model its maker, a version its system."""
    depends_on = _TIES.get(claim.field)
    return depends_on is None or claim.tie in ("", values.get(depends_on, claim.tie))


def _tidied(known: Knowledge) -> Callable[[Claim], Claim]:
    def tidy(claim: Claim) -> Claim:
        value = claim.value.strip(" \t,;:-") if claim.field != "hostname" else claim.value.strip()
        if claim.field in ("maker", "holder"):
            value = known.canonical_maker(value)
        if claim.field == "serial" and is_no_serial(value):
            value = ""
        if claim.field in ("model", "version") and re.fullmatch(
            r"(?i)n/?a|unknown|none|null|[\W_]*|private|<private>|default", value
        ):
            value = ""
        if claim.field == "hostname" and is_generic_name(value):
            value = ""
        return claim.holding(value, known.canonical_maker(claim.tie) if claim.field == "model" else claim.tie)

    return tidy


def _table_claims(found: Found, known: Knowledge) -> Iterator[Claim]:
    for evidence in found.get("object_id", ()):
        numbers = evidence.text.removeprefix("1.3.6.1.4.1.").split(".")
        if evidence.text.startswith("1.3.6.1.4.1.") and (maker := known.enterprises.get(int(numbers[0] or 0))):
            yield Claim("maker", maker, 0.6, "object_id", evidence.observation)
        for name, (value, sure) in known.family_fields(evidence.text).items():
            yield Claim(name, value, sure, "object_id", evidence.observation)
        if evidence.text in known.models:
            model, certain = known.models[evidence.text]
            yield Claim("model", model, certain, "object_id", evidence.observation)


def _named_claims(found: Found, known: Knowledge) -> Iterator[Claim]:
    """A description that begins with a maker's name."""
    for field in ("descr", "entity.descr", "printer", "ipp", "neighbour", "platform"):
        for evidence in found.get(field, ()):
            if maker := known.named_maker(evidence.text):
                yield Claim("maker", maker, 0.55, field, evidence.observation)


def _whole_claims(found: Found, known: Knowledge) -> Iterator[Claim]:
    """Texts that device files list whole: Apple's model numbers, DHCP parameter lists."""
    for field in found.keys() & known.named_fields:
        for evidence in found[field]:
            if held := known.names.get((field, evidence.text.lower())):
                yield from _named_whole(*held, evidence)


def _named_whole(names: Names, model: str, maker: str, evidence: Evidence) -> Iterator[Claim]:
    maker = maker.strip("-")
    kind = str(names.kind or "")
    said = (("kind", kind, ""), ("subkind", names.subkind, kind), ("maker", maker, ""), ("model", model, maker),
            ("os", names.os, ""), ("publisher", names.publisher, ""))  # fmt: skip
    for name, value, tie in said:
        if value:
            yield Claim(name, value, names.confidence, evidence.field, evidence.observation, tie)


def _rule_claims(found: Found, known: Knowledge) -> Iterator[Claim]:
    for name, held in found.items():
        if name in known.rules:
            for device_file, rule in _index(known, name).candidates(evidence.text for evidence in held):
                yield from _claims_of(rule, device_file, found)


@lru_cache(maxsize=256)
def _index(known: Knowledge, field: str) -> RuleIndex:
    return RuleIndex(known.rules[field])


Match = tuple[Evidence, Mapping[str, str]]


def _claims_of(rule: Rule, device_file: DeviceFile, found: Found) -> Iterator[Claim]:
    matches: list[Match] = []
    for name, patterns in rule.patterns:
        match = _first_match(patterns, found.get(name, ()))
        if match is None:
            return
        matches.append(match)
    if any(_first_match(patterns, found.get(name, ())) for name, patterns in rule.exclusions):
        return
    yield from _given(rule, device_file, matches)


def _first_match(patterns: Sequence["re.Pattern[str] | str"], held: Sequence[Evidence]) -> Match | None:
    for evidence in held:
        for pattern in patterns:
            if isinstance(pattern, str):
                if is_under(evidence.text, pattern):
                    return evidence, {}
            elif match := pattern.search(evidence.text):
                return evidence, {name: text or "" for name, text in match.groupdict().items()}
    return None


def _given(rule: Rule, device_file: DeviceFile, matches: Sequence[Match]) -> Iterator[Claim]:
    groups = {name: (text, evidence) for evidence, named in matches for name, text in named.items() if text}
    texts = {name: text for name, (text, _) in groups.items()}
    first = matches[0][0]
    maker = "" if rule.maker == "-" or "maker" in texts else rule.maker or device_file.maker
    for name in (*GIVEN, "publisher"):
        constant = getattr(rule, name)
        value, evidence = (constant, first) if constant else groups.get(name, ("", first))
        if "{" in value:
            value = re.sub(r"\{(\w+)\}", lambda m: texts.get(m[1], ""), value)
        if name == "maker" and not value:
            value = device_file.maker
        if not value or (name == "maker" and value == "-"):
            continue
        tie = str({"subkind": rule.kind, "model": maker, "version": rule.os}.get(name) or "")
        sure = rule.sure.get(name, rule.confidence)
        yield Claim(name, value, sure, evidence.field, evidence.observation, tie)
