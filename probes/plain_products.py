"""What a banner says by its own grammar, where no rule knows better: a maker's name, then its product."""

import re
from collections.abc import Iterator, Mapping, Sequence

from probes.claims import Claim
from probes.device_files import Knowledge
from probes.evidence import Evidence
from probes.request_lists import asked_claims

# Fields whose words are prose as often as names; a name there has a number, or capitals that no word has.
_PROSE = frozenset({"title", "dhcp.vendor"})
_COINED_FIRST = re.compile(r"(?:[A-Z]{2,5}\b|[A-Z]\w*[a-z][A-Z])")
_COMMON = re.compile(r"\b(?:telepresence|terminal|device|module|pdu|blade)\b", re.IGNORECASE)
_COINED = re.compile(r"\d|\b[A-Z]{2,}\b|[a-z][A-Z]")
# How sure a maker's name makes us at the beginning of a text, and anywhere in it.
_BEGINS = {"descr": 0.0, "banner": 0.5, "realm": 0.5, "title": 0.45, "dhcp.vendor": 0.5, "server": 0.45, "ssh": 0.45}
_ANYWHERE = {"banner": 0.31, "realm": 0.31, "title": 0.31, "dhcp.vendor": 0.31, "server": 0.31, "ssh": 0.31}
_PRODUCT = {"descr": 0.33, "banner": 0.36, "realm": 0.36, "dhcp.vendor": 0.34, "title": 0.32}
# Makers whose names stand in banners of things that they did not make.
_NO_PROOF = frozenset(re.findall(r"\S+", """
    linux microsoft freebsd netbsd openbsd debian ubuntu centos fedora apache trend alpha pulse quest generic pure
    shelly cisco-linksys vertical network delta link star pi core open signal summit phoenix net-snmp microsemi oracle
    google
    amazon apple intel perfect titan nexus mitel"""))  # fmt: skip
_COMPANY = re.compile(
    r"^(?:[\s,.:;|/-]*\b(?:inc|corp|corporation|co|ltd|limited|gmbh|ag|llc|systems?|networks?|technolog(?:y|ies)|electronics"
    r"|communications|international|industries|company|group)\b\.?)*(?:®|™|\((?:r|tm)\)|&(?:reg|trade);)?[\s,.:;|/-]*",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"[,;:(\[|\r\n&]|\s(?:-+\s|/)|\b(?:sw|hw|fw|s/w|h/w|f/w|serial|s/n|sn|mac|copyright|firmware|software|ver(?:sion)?"
    r"|rev(?:ision)?|release|build|ready|ftp|telnet|login|welcome|snmp|running|kernel|ethernet address|internet router"
    r"|\d{2}/\d{2}/\d{2,4})\b|\bv\.?\d"
    r"|\b[rv]\d+\.\d|\b\d+\.\d+\.\d",
    re.IGNORECASE,
)
# Words of agents, cards and systems: what stands before them is no product of its own.
_NO_PRODUCT = re.compile(
    r"\b(?:ios|nos|eos|os|operating|agent|boards?|codec|internal|built-in|embedded|printing|multi-environment|chrp"
    r"|computer|scanning|product|management card|network management|10base|appliance|page|home|login"
    r"|configuration|server running|log ?on|sign ?in|web|status|control panel|index|cpe|gw|pbx|simatic net|webui|error"
    r"|not found)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(r"^\s*(?:\d{3}[- ])?\s*(?:welcome to|hello,? this is|this is)?\s*(?:the )?", re.IGNORECASE)

# A maker's name joined to a model: Fanvil-X4/2.12.
_SEPARATED = re.compile(r"^([A-Za-z]{4,16})[-_](?=[A-Z]{0,4}\d[\w-]*(?:/|$|\s+[Vv]?\d))")
# A device certificate's name that ends in the device's address: CN=AM-200-00107FB7B1E2.
_O_KNOWN = re.compile(r"(?:^|[,+/] ?)O=((?:\\.|[^,\\]){1,80})")
_NUMBERED_BY_MAC = re.compile(
    r"\bCN=([A-Za-z][\w -]{1,24}?)[-_ ](?:[0-9A-Fa-f]{12}|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})(?:,|$)"
)
# What stands before a software's version is a product, whatever its words.
_VERSIONED = re.compile(r"(?:v|ver|version|rev|revision|release)[.: ]{0,2}v?\d", re.IGNORECASE)
# What the name of a certificate says of the certificate and not of a device.
_AUTHORITY = re.compile(
    r"\b(?:CA|root|issuer|authority|cert\w*|self-signed|default|\w+\.(?:com|net|org|local))\b", re.IGNORECASE
)
# A page named after a school says nothing of the thing that shows it: Canon Slade, Delta Academies.
_SCHOOL = re.compile(
    r"\b(?:schools?|academy|academies|college|primary|infants?|juniors?|nursery|trust|church|learning|pupils?)\b",
    re.IGNORECASE,
)


def product_claims(found: Mapping[str, Sequence[Evidence]], known: Knowledge) -> Iterator[Claim]:
    """Weak claims of maker and model from the words of banners; certificates by their O= and CN=."""
    for field in _PRODUCT | _ANYWHERE:
        for evidence in found.get(field, ()):
            yield from _worded(evidence, known)
    for field in ("tls.subject", "tls.issuer"):
        for evidence in found.get(field, ()):
            yield from _certified(evidence, known)
    yield from asked_claims(found.get("dhcp.params", ()), known)


def _worded(evidence: Evidence, known: Knowledge) -> Iterator[Claim]:
    field = evidence.field
    if _SCHOOL.search(evidence.text):
        return
    text = _SEPARATED.sub(r"\1 ", _bare(evidence)) if field == "banner" else _bare(evidence)
    maker, rest = leading_maker(text, known)
    if maker:
        if _BEGINS.get(field):
            yield Claim("maker", maker, _BEGINS[field], f"plain {field}", evidence.observation)
        product, versioned = _product(rest)
        if product and field in _PRODUCT and _is_worded_enough(field, product, versioned):
            yield Claim("model", product, _PRODUCT[field], f"plain {field}", evidence.observation, maker)
    elif field in _ANYWHERE and (maker := _mentioned(text, known)):
        yield Claim("maker", maker, _ANYWHERE[field], f"plain {field}", evidence.observation)


def _bare(evidence: Evidence) -> str:
    """A text without its protocol's own beginning; an SSH server's name has its words joined by _ and -."""
    if evidence.field == "ssh":
        return re.sub(r"^SSH-[\d.]+-|[_-]", " ", evidence.text)
    return evidence.text[_GREETING.match(evidence.text).end() :]  # type: ignore[union-attr] # matches nothing too


def leading_maker(text: str, known: Knowledge) -> tuple[str, str]:
    """The maker whose name a text begins with and what follows the name, or "" and the text."""
    words = list(re.finditer(r"[^\s,/]+", text[:80]))[:3]
    for count in range(len(words), 0, -1):
        name = re.sub(r"[\s,/]+", " ", text[words[0].start() : words[count - 1].end()]).lower().strip("\"'=;:,.-* ")
        if len(name) > 1 and name in known.makers and name not in _NO_PROOF:
            rest = text[words[count - 1].end() :]
            again, after = leading_maker(rest, known)
            return known.makers[name], after if again == known.makers[name] else rest
    return "", text


def _product(rest: str) -> tuple[str, bool]:
    """The words after a maker's name up to what is no product, and whether that is a version."""
    bare = rest[_COMPANY.match(rest).end() :]  # type: ignore[union-attr] # matches nothing too
    stop = _STOP.search(bare)
    words = bare[: stop.start() if stop else 60].split()[:6]
    product = " ".join(words).strip(" -_,.*/")
    if len(product) < 2 or not re.match(r"\d?[^\W_]", product) or _NO_PRODUCT.search(product):
        return "", False
    return product, bool(stop and _VERSIONED.match(bare, stop.start()))


def _is_worded_enough(field: str, product: str, versioned: bool) -> bool:
    """Whether words after a maker's name can be a product's name in such a text, or are only what it is for."""
    if field == "descr":
        return versioned or _is_numbered(product) or _is_coined(product)
    return field not in _PROSE or bool(_COINED.search(product))


def _is_coined(product: str) -> bool:
    """MatchPort AR and BigIron RX are names; Metered Rack PDU says what many makers' things are."""
    return bool(_COINED_FIRST.match(product)) and product.count(" ") < 3 and not _COMMON.search(product)


def _is_numbered(product: str) -> bool:
    """SNMP agents' first words are often prose; product names have a number, and few words."""
    return any(c.isdigit() for c in product) and product.count(" ") < 5


def _mentioned(text: str, known: Knowledge) -> str:
    words = re.findall(r"[\w&!+-]+", text[:300].lower())
    for count in (3, 2, 1):
        for at in range(len(words) - count + 1):
            name = " ".join(words[at : at + count])
            if len(name) > 3 and name in known.makers and name not in _NO_PROOF:
                return known.makers[name]
    return ""


def _certified(evidence: Evidence, known: Knowledge) -> Iterator[Claim]:
    made, named = _O_KNOWN.search(evidence.text), _NUMBERED_BY_MAC.search(evidence.text)
    if made and named and any(c.isdigit() for c in named[1]) and (maker := leading_maker(made[1], known)[0]):
        yield Claim("model", named[1], 0.33, f"plain {evidence.field} CN", evidence.observation, maker)
    for part, sure in (("O", 0.42), ("CN", 0.34), ("OU", 0.31)):
        for found in re.finditer(rf"(?:^|[,+/] ?){part}=((?:\\+.|[^,\\]){{1,80}})", evidence.text):
            source = f"plain {evidence.field} {part}"
            maker, rest = leading_maker(found[1].replace("\\", " "), known)
            if maker:
                yield Claim("maker", maker, sure, source, evidence.observation)
            product, _ = _product(rest)
            if maker and part == "CN" and _COINED.search(product) and not _AUTHORITY.search(found[1]):
                yield Claim("model", product, 0.32, source, evidence.observation, maker)
