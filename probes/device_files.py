"""Device knowledge as data: reads probes/devices/*.yaml strictly and answers which rules could match what."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Annotated, Literal, Self

import yaml
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, model_validator

from probes.errors import BadInput
from probes.vocabulary import Confidence, Kind, Noun

# What a rule may look at. Each is one text; a thing can have several texts of the same field.
InputField = Literal[
    "object_id", "descr", "sysname", "entity.maker", "entity.model", "entity.descr", "entity.software", "printer",
    "ups", "banner", "service", "title", "server", "realm", "ssh", "mdns", "txt", "ssdp.maker", "ssdp.model",
    "ssdp.server", "ssdp.type", "dhcp.vendor", "dhcp.params", "dhcp.name", "ipp", "tls.subject", "tls.issuer", "oui",
    "port", "name", "smb", "platform", "neighbour", "capability", "managed", "value", "own",
]  # fmt: skip
# The C loader reads the device files in a tenth of the time; some builds of PyYAML come without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
GIVEN = ("kind", "subkind", "maker", "os", "model", "version", "serial")
# The suite checks every pattern that ships; a night compiles only those of the fields that it meets.
SHIPPED = "shipped"
_UNSAFE = re.compile(r"\([^()]*[+*][^()]*\)[+*{]|\\[1-9]|\(\?P=|\(\?<[=!]")


def _linear(pattern: str) -> str:
    """A pattern is anchored and has no nested repeat, back-reference or look-behind, so it runs in linear time."""
    if _UNSAFE.search(pattern):
        raise ValueError(f"the pattern {pattern!r} repeats a repeat, refers back or looks behind")
    if not re.match(r"\^|\\b|\(\?:\^", pattern):
        raise ValueError(f"the pattern {pattern!r} does not start with ^ or \\b")
    try:
        found = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"the pattern {pattern!r} is not a regular expression: {error}") from error
    unknown = set(found.groupindex) - {*GIVEN, "a", "b", "c"}
    if unknown:
        raise ValueError(f"the pattern {pattern!r} names {sorted(unknown)}, which no rule can give")
    return pattern


def _oid(text: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)+", text):
        raise ValueError(f"{text!r} is not a numeric OID without a leading dot")
    return text


def _asked_oid(text: str) -> str:
    return text if re.fullmatch(r"(here|parent)(\.\d+)+", text) else _oid(text)


Oid = Annotated[str, AfterValidator(_oid)]


class Rule(Noun):
    """When every input in `if` matches and none in `unless` does, the thing is what the rule gives.

    `object_id` inputs are OID prefixes; all others are patterns, searched without regard to case. Named groups give
    values; a given text may hold {group}. `confidence` counts for every value unless `sure` names another.
    """

    when: Mapping[InputField, str | tuple[str, ...]] = Field(alias="if", min_length=1)
    unless: Mapping[InputField, str] = {}
    kind: Kind | None = None
    subkind: str = ""
    maker: str = ""
    model: str = ""
    os: str = ""
    version: str = ""
    serial: str = ""
    publisher: str = Field(default="", description="Who makes the system; the maker while nothing names the thing's.")
    confidence: Confidence = 0.8
    sure: Mapping[str, Confidence] = {}
    order: int = 0

    @model_validator(mode="after")
    def _check(self, info: ValidationInfo) -> Self:
        if info.context == SHIPPED:
            return self
        for name, wanted in [*self.when.items(), *self.unless.items()]:
            for text in (wanted,) if isinstance(wanted, str) else wanted:
                _oid(text) if name == "object_id" else _linear(text)
        return self

    @cached_property
    def patterns(self) -> tuple[tuple[InputField, tuple[re.Pattern[str] | str, ...]], ...]:
        """Inputs with compiled patterns; OID prefixes stay text."""
        return tuple((name, _compiled(name, wanted)) for name, wanted in self.when.items())

    @cached_property
    def exclusions(self) -> tuple[tuple[InputField, tuple[re.Pattern[str] | str, ...]], ...]:
        """The `unless` inputs with compiled patterns."""
        return tuple((name, _compiled(name, wanted)) for name, wanted in self.unless.items())


def _compiled(name: str, wanted: str | tuple[str, ...]) -> tuple[re.Pattern[str] | str, ...]:
    texts = (wanted,) if isinstance(wanted, str) else wanted
    return tuple(text if name == "object_id" else re.compile(text, re.IGNORECASE) for text in texts)


class Family(Noun):
    """What every device under a sysObjectID prefix is; the longest prefix that says a field decides it."""

    kind: Kind | None = None
    subkind: str = ""
    maker: str = ""
    model: str = ""
    os: str = ""
    confidence: Confidence = 0.75


class Names(Noun):
    """Whole texts of one field that are names of models: what `before` and a listed text make up is that model.

    Compared without regard to case. The model "" says only what the group says. One look-up, however long the list.
    """

    field: InputField
    before: str = ""
    kind: Kind | None = None
    subkind: str = ""
    maker: str = ""
    os: str = ""
    publisher: str = ""
    confidence: Confidence = 0.8
    models: Mapping[str, tuple[str, ...]] = Field(min_length=1)


class Ask(Noun):
    """The maker's own OIDs to read from devices whose sysObjectID is under one of `under`: value name -> OID.

    A name is what it gives (serial, model, version, os), with .2, .3 for the next place to look. An OID with an
    instance is read as it is; one without is the column whose first row counts. Makers that repeat their tree under
    each product's own number are written "here.1.4.0" (below the sysObjectID) or "parent.1.1.3" (beside it). A device
    that gave no sysObjectID is under "0.0".
    """

    under: tuple[Oid, ...]
    ask: Mapping[str, Annotated[str, AfterValidator(_asked_oid)]]


class Example(Noun):
    """Inputs as a device gave them, and what identify must say: the suite runs every one."""

    given: Mapping[InputField, str | tuple[str, ...]]
    values: Mapping[str, str] = {}
    expect: Mapping[str, str]


class DeviceFile(Noun):
    """All that is known of one maker's devices. `enterprises` are IANA numbers under 1.3.6.1.4.1.

    A file without a maker holds several lesser ones; its families and rules name theirs.
    """

    maker: str = ""
    also: tuple[str, ...] = Field(default=(), description="Other spellings of the maker's name.")
    enterprises: tuple[int, ...] = ()
    oids: tuple[Ask, ...] = ()
    numbers: Mapping[int, str] = Field(default={}, description="IANA enterprise number -> maker, where that is all.")
    makers: Mapping[str, tuple[str, ...]] = Field(default={}, description="Maker known by name -> its other spellings.")
    families: Mapping[Oid, Family] = Field(default={}, description="sysObjectID prefix -> what is under it.")
    models: Mapping[Oid, str] = Field(default={}, description="sysObjectID -> model.")
    models_sure: Confidence = Field(default=0.8, description="Lower where `models` are a MIB's names, not the maker's.")
    rules: tuple[Rule, ...] = ()
    names: tuple[Names, ...] = ()
    examples: tuple[Example, ...] = ()


class Knowledge:
    """Every device file, indexed for lookup."""

    def __init__(self, makers: Iterable[DeviceFile]) -> None:
        self.files = tuple(makers)
        self.enterprises = {number: maker for one in self.files for number, maker in one.numbers.items()}
        self.makers = {
            text.lower(): name for one in self.files for name, more in one.makers.items() for text in (name, *more)
        }
        self.makers |= {maker.lower(): maker for maker in self.enterprises.values()}
        self.makers |= {name.lower(): one.maker for one in self.files for name in (one.maker, *one.also) if name}
        self.enterprises |= {number: one.maker for one in self.files for number in one.enterprises}
        self.families = {oid: (family, one) for one in self.files for oid, family in one.families.items()}
        self.models = {oid: (model, one.models_sure) for one in self.files for oid, model in one.models.items()}
        self.rules: dict[str, list[tuple[DeviceFile, Rule]]] = {}
        for one in self.files:
            for rule in one.rules:
                self.rules.setdefault(next(iter(rule.when)), []).append((one, rule))
        self.names: dict[tuple[str, str], tuple[Names, str, str]] = {
            (names.field, f"{names.before}{text}".lower()): (names, model, names.maker or one.maker)
            for one in self.files
            for names in one.names
            for model, texts in names.models.items()
            for text in texts
        }
        self.named_fields = {field for field, _ in self.names}
        self.asks = [(prefix, ask.ask) for one in self.files for ask in one.oids for prefix in ask.under]

    def canonical_maker(self, name: str) -> str:
        """The maker's name as the register writes it, or the name as it came."""
        text = name.strip()
        plain = re.sub(r"[,.]? *\b(inc|ltd|limited|corp|corporation|co|gmbh|ag|llc|s\.?p\.?a|b\.?v|company)\b\.?", "",
                       text, flags=re.IGNORECASE).strip(" ,.")  # fmt: skip
        return self.makers.get(text.lower()) or self.makers.get(plain.lower()) or plain or text

    def family_fields(self, object_id: str) -> dict[str, tuple[str, float]]:
        """Each field with its confidence, from the longest sysObjectID prefix that says it."""
        found: dict[str, tuple[str, float]] = {}
        parts = object_id.split(".")
        for length in range(len(parts), 6, -1):
            family, one = self.families.get(".".join(parts[:length]), (None, None))
            if family is None or one is None:
                continue
            decided = "kind" in found
            for name in ("kind", "subkind", "maker", "model", "os"):
                value = getattr(family, name) or (one.maker if name == "maker" else "")
                if value and not (name == "subkind" and decided):
                    found.setdefault(name, (value, family.confidence))
        return found

    def named_maker(self, text: str) -> str:
        """The maker whose name a text starts with, or "". Names of one to three letters prove nothing."""
        words = text.lower().lstrip("\"'=;, ").replace(",", " ").split()
        for count in (3, 2, 1):
            name = " ".join(words[:count])
            if len(name) > 3 and name in self.makers:
                return self.makers[name]
        return ""

    def maker_oids(self, object_id: str) -> dict[str, str]:
        """The maker's own OIDs worth asking of a device with this sysObjectID: value name -> numeric OID."""
        found: dict[str, str] = {}
        here = object_id.lstrip(".") or "0.0"
        for prefix, ask in sorted(self.asks, key=lambda pair: -len(pair[0])):
            if is_under(here, prefix):
                _add_asks(found, ask)
        parent = here.rpartition(".")[0]
        return {name: re.sub("^parent", parent, re.sub("^here", here, oid)) for name, oid in found.items()}


def _add_asks(found: dict[str, str], ask: Mapping[str, str]) -> None:
    """Adds asks to those of longer prefixes; where both look for one thing, the lesser one has the next free place.

    What a rule reads under a name of its own is kept beside the same object's plain reading.
    """
    for name, oid in ask.items():
        value, _, place = name.partition(".")
        if oid in found.values() and value in GIVEN:
            continue
        number = int(place) if place.isdigit() else 1
        free = (f"{value}.{n}" for n in range(number + 1, 100) if f"{value}.{n}" not in found)
        found.setdefault(next(free) if name in found and value in GIVEN else name, oid)


def is_under(oid: str, prefix: str) -> bool:
    """Whether a numeric OID is the prefix or below it."""
    return oid == prefix or oid.startswith(prefix + ".")


def read_device_file(name: str, text: str, context: str = "") -> DeviceFile:
    """One device file from its YAML. Raises BadInput naming the file and the place."""
    try:
        return DeviceFile.model_validate(yaml.load(text, _LOADER), context=context)  # noqa: S506 - both loaders are safe ones
    except (yaml.YAMLError, ValidationError) as error:
        raise BadInput(f"devices/{name} cannot be used: {error}") from error


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The device files that ship with Caretaker."""
    folder = files("probes").joinpath("devices")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return Knowledge(read_device_file(name, folder.joinpath(name).read_text("utf-8"), SHIPPED) for name in names)


def maker_oids(object_id: str) -> dict[str, str]:
    """The maker's own OIDs to ask of a device with this sysObjectID: value name -> numeric OID.

    An OID that ends in an instance is read as it is. A column (no row under exactly that OID) gives its first row.
    """
    return knowledge().maker_oids(object_id)
