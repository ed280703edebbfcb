"""What the collector remembers, as tables. Every key begins with the tenant, so the database can be split by it.

`TRUTH` is what agents sent and people said, and is never rebuilt. `PROJECTION` is made from `raw_report` and the
people's words, and may be emptied and made again at any time (collector/rebuild.py).
Times are UTC without a zone, dates are the night's date, documents are JSON."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from collector.shape import count as _count
from collector.shape import items as _list
from collector.shape import key as _key
from collector.shape import metadata
from collector.shape import of as _of
from collector.shape import word as _word

tenant = Table("tenant", metadata, _key("tenant"), _word("name"), Column("created", DateTime, nullable=False))

site = Table(
    "site",
    metadata,
    _key("tenant"),
    _key("site"),
    _word("name"),
    _word("phase"),
    Column("urn", Integer),
    Column("said", JSON, nullable=False, default=dict, doc="The Site noun of its last report."),
    Column("terms", JSON, nullable=False, default=list, doc="Pairs of ISO dates: the days pupils are in."),
    Column("created", DateTime, nullable=False),
    _of("tenant"),
)

agent = Table(
    "agent",
    metadata,
    _key("tenant"),
    _key("agent"),
    Column("site", Text, nullable=False),
    _word("name"),
    Column("token", Text, nullable=False, unique=True, doc="SHA-256 of the bearer token, as hex."),
    Column("created", DateTime, nullable=False),
    Column("revoked", DateTime),
    Column("sequence", Integer, doc="The highest sequence stored; None before the first report."),
    Column("stored", DateTime, doc="When its last report was stored."),
    _word("public_key"),
    _of("site", "site"),
)

raw_report = Table(
    "raw_report",
    metadata,
    _key("tenant"),
    _key("agent"),
    _key("sequence", Integer),
    Column("sha256", Text, nullable=False, doc="The seal's SHA-256."),
    Column("site", Text, nullable=False),
    Column("night", Date, nullable=False),
    Column("vantage", Text, nullable=False),
    Column("received", DateTime, nullable=False),
    Column("ended", DateTime, nullable=False, default=lambda row: row.get_current_parameters()["received"]),
    Column("body", LargeBinary, nullable=False, doc="gzip of the JSON exactly as it came."),
    Column("size", Integer, nullable=False, doc="Bytes of the JSON before gzip."),
    Column("state", Text, nullable=False, doc="stored, applied or failed."),
    _word("error"),
    Index(None, "tenant", "site", "night"),
    Index(None, "state"),
)

issued = Table(
    "issued",
    metadata,
    _key("tenant"),
    _key("asset"),
    Column("number", Integer, nullable=False, doc="The N of CT-N; given once, never used for another thing."),
    Index(None, "tenant", "number"),
)

owned_field = Table(
    "owned_field",
    metadata,
    _key("tenant"),
    _key("entry"),
    _key("name"),
    _word("value"),
    _word("person"),
    Column("at", DateTime, nullable=False),
)

attestation = Table(
    "attestation",
    metadata,
    _key("tenant"),
    _key("attestation"),
    Column("site", Text, nullable=False),
    Column("clause", Text, nullable=False),
    _word("who"),
    _word("role"),
    Column("on", Date, nullable=False),
    _word("document"),
    _word("statement"),
    Column("until", Date, nullable=False),
    Column("at", DateTime, nullable=False),
    _word("person"),
    Column("withdrawn", DateTime),
    Index(None, "tenant", "site", "clause"),
)

acceptance = Table(
    "acceptance",
    metadata,
    _key("tenant"),
    _key("acceptance"),
    Column("site", Text, nullable=False),
    Column("key", Text, nullable=False, doc="The finding's key."),
    _word("clause"),
    _word("role"),
    _word("reason"),
    _word("measure"),
    Column("on", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("at", DateTime, nullable=False),
    _word("person"),
    Column("withdrawn", DateTime),
    Index(None, "tenant", "site", "key"),
)

person = Table(
    "person",
    metadata,
    _key("tenant"),
    _key("person"),
    Column("email", Text, nullable=False, doc="Lower case."),
    _word("name"),
    Column("role", Text, nullable=False, doc="technician, leader, governor or admin."),
    Column("sites", JSON, nullable=False, default=list, doc="Site ids; empty means every site of the tenant."),
    _word("password"),
    _word("subject"),
    Column("link", Text, doc="SHA-256 of a one-time link's token."),
    Column("link_until", DateTime),
    Column("created", DateTime, nullable=False),
    Column("disabled", DateTime),
    Column("sessions", Integer, nullable=False, default=0, server_default="0", doc="Raised to end all sessions."),
    UniqueConstraint("tenant", "email"),
    _of("tenant"),
)

audit = Table(
    "audit",
    metadata,
    _key("tenant"),
    _key("number", Integer),
    Column("at", DateTime, nullable=False),
    _word("who"),
    _word("what"),
    _word("object"),
    _word("origin"),
    _word("why"),
    Column("detail", JSON, nullable=False, default=dict),
    Column("previous", Text, nullable=False),
    Column("sha256", Text, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    _key("tenant"),
    _key("alert"),
    Column("site", Text, nullable=False),
    Column("kind", Text, nullable=False, doc="digest, silent, fork or plausibility."),
    _word("subject"),
    _word("body"),
    Column("made", DateTime, nullable=False),
    Column("sent", DateTime),
    _count("attempts"),
    Column("next_try", DateTime),
    _list("done"),
    _word("error"),
    Column("closed", DateTime, doc="When a person said that it was looked into; only of a plausibility alert."),
    _word("closed_by"),
    _word("closed_why"),
)

told = Table("told", metadata, _key("tenant"), _key("change"), Column("at", DateTime, nullable=False))

sign_in_try = Table(
    "sign_in_try",
    metadata,
    _key("tenant"),
    _key("about"),
    Column("wrong", JSON, nullable=False, doc="When the last wrong passwords came, as ISO times."),
    Column("latest", DateTime, nullable=False),
    Column("refused_until", DateTime),
)

entry = Table(
    "entry",
    metadata,
    _key("tenant"),
    _key("entry"),
    Column("number", Integer, nullable=False),
    Column("site", Text, nullable=False, doc="Where it was last seen."),
    Column("kind", Text, nullable=False),
    _word("subkind"),
    _word("maker"),
    _word("model"),
    _word("serial"),
    _word("os"),
    _word("version"),
    _word("hostname"),
    _word("location"),
    _list("macs"),
    _list("ips"),
    Column("on_entry", Text, doc="The entry it is plugged into."),
    _word("on_name"),
    _word("port"),
    Column("vlan", Integer),
    Column("connected_since", Date),
    Column("asset", JSON, nullable=False, doc="The Asset noun as last known, field by field."),
    Column("dated", JSON, nullable=False, default=dict, doc="Field name to the night it was last seen."),
    Column("private", Boolean, nullable=False, default=False),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("state", Text, nullable=False, doc="active, not-seen, removed or disposed."),
    _word("words"),
    Column("merged_into", Text, doc="The entry this one turned out to be."),
    Index(None, "tenant", "site", "kind"),
    Index(None, "tenant", "serial"),
)

entry_key = Table(
    "entry_key",
    metadata,
    _key("tenant"),
    _key("entry"),
    _key("kind"),
    _key("value"),
    Column("strong", Boolean, nullable=False),
    Index(None, "tenant", "kind", "value"),
    _of("entry", "entry"),
)

sighting = Table(
    "sighting",
    metadata,
    _key("tenant"),
    _key("entry"),
    _key("site"),
    _key("vantage"),
    _key("first", Date),
    Column("last", Date, nullable=False),
    _count("nights"),
    Column("asset", Text, nullable=False, doc="The asset id in that vantage's reports."),
    _of("entry", "entry"),
    Index(None, "tenant", "site", "vantage"),
)

change = Table(
    "change",
    metadata,
    _key("tenant"),
    _key("change"),
    Column("site", Text, nullable=False),
    Column("night", Date, nullable=False),
    Column("vantage", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("entry", Text, doc='None for a change of the site as a whole ("wifi-network added").'),
    _word("subject"),
    _word("before"),
    _word("after"),
    _word("sentence"),
    _list("evidence"),
    Column("benign", Boolean, nullable=False),
    Index(None, "tenant", "site", "night"),
    Index(None, "tenant", "entry"),
)

finding = Table(
    "finding",
    metadata,
    _key("tenant"),
    _key("site"),
    _key("key"),
    _key("opened", Date),
    Column("last", Date, nullable=False, doc="The last night that said so."),
    Column("closed", Date, doc="The night that said otherwise; None while it holds."),
    _word("closed_why"),
    Column("vantage", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("subject", Text, nullable=False, doc='An entry id, or "site".'),
    _word("label"),
    Column("verdict", Text, nullable=False),
    _word("sentence"),
    _list("evidence"),
    _word("closes_with"),
    _word("severity"),
    _word("responsible"),
    Index(None, "tenant", "site", "clause"),
    Index(None, "tenant", "subject"),
)

line_measure = Table(
    "line_measure",
    metadata,
    _key("tenant"),
    _key("site"),
    _key("vantage"),
    _key("at", DateTime),
    _key("endpoint"),
    _key("route"),
    Column("night", Date, nullable=False),
    Column("egress", Text),
    *(Column(name, Float) for name in ("down_mbps", "up_mbps", "latency_ms", "jitter_ms", "loss_percent", "loaded_ms")),
    Column("nic_mbps", Integer),
    _word("reason"),
)

filter_check = Table(
    "filter_check",
    metadata,
    _key("tenant"),
    _key("site"),
    _key("vantage"),
    _key("night", Date),
    _key("resolver"),
    _key("name"),
    Column("at", DateTime, nullable=False),
    _word("category"),
    _word("expected"),
    _word("verdict"),
    _list("answers"),
    _word("reason"),
)

night = Table(
    "night",
    metadata,
    _key("tenant"),
    _key("site"),
    _key("night", Date),
    _key("vantage"),
    Column("agent", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("started", DateTime, nullable=False),
    Column("ended", DateTime, nullable=False),
    Column("stopped_early", Boolean, nullable=False),
    _count("assets"),
    _count("findings"),
    _count("private_devices"),
    Column("outcomes", JSON, nullable=False, default=dict, doc="Coverage outcome to how many questions."),
    Column("verdicts", JSON, nullable=False, default=dict, doc="Verdict to how many findings."),
    _list("gaps"),
    _list("blind_spots"),
    _list("links"),
    _list("scopes"),
    _list("dhcp"),
    Column("versions", JSON, nullable=False, default=dict),
    Column("said", JSON, nullable=False, default=dict, doc="The Site noun of this report."),
)

memory = Table(
    "memory",
    metadata,
    _key("tenant"),
    _key("site"),
    _key("night", Date),
    Column("packed", LargeBinary, nullable=False, doc="collector.memory.Memory after that night's last report."),
    Column("sha256", Text, nullable=False, doc="Of `packed`."),
)

TRUTH = (
    tenant,
    site,
    agent,
    raw_report,
    issued,
    owned_field,
    attestation,
    acceptance,
    person,
    audit,
    alert,
    told,
    sign_in_try,
)
PROJECTION = (memory, night, filter_check, line_measure, finding, change, sighting, entry_key, entry)
