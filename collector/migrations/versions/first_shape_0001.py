"""The first shape: agents, raw reports, the register and what people said."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, those that others refer to first."""
    _acceptance()
    _alert()
    _attestation()
    _audit()
    _change()
    _entry()
    _filter_check()
    _finding()
    _issued()
    _line_measure()
    _memory()
    _night()
    _owned_field()
    _raw_report()
    _tenant()
    _told()
    _entry_key()
    _person()
    _sighting()
    _site()
    _agent()


def _acceptance() -> None:
    op.create_table(
        "acceptance",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acceptance", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("measure", sa.Text(), server_default="", nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "acceptance", name=op.f("pk_acceptance")),
    )
    op.create_index(op.f("ix_acceptance_tenant_site_key"), "acceptance", ["tenant", "site", "key"], unique=False)


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("alert", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("sent", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try", sa.DateTime(), nullable=True),
        sa.Column("done", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "alert", name=op.f("pk_alert")),
    )


def _attestation() -> None:
    op.create_table(
        "attestation",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("attestation", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("statement", sa.Text(), server_default="", nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "attestation", name=op.f("pk_attestation")),
    )
    op.create_index(
        op.f("ix_attestation_tenant_site_clause"), "attestation", ["tenant", "site", "clause"], unique=False
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("object", sa.Text(), server_default="", nullable=False),
        sa.Column("origin", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "number", name=op.f("pk_audit")),
    )


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("change", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("vantage", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("benign", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "change", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_tenant_entry"), "change", ["tenant", "entry"], unique=False)
    op.create_index(op.f("ix_change_tenant_site_night"), "change", ["tenant", "site", "night"], unique=False)


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subkind", sa.Text(), server_default="", nullable=False),
        sa.Column("maker", sa.Text(), server_default="", nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("serial", sa.Text(), server_default="", nullable=False),
        sa.Column("os", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("hostname", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("macs", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("ips", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("on_entry", sa.Text(), nullable=True),
        sa.Column("on_name", sa.Text(), server_default="", nullable=False),
        sa.Column("port", sa.Text(), server_default="", nullable=False),
        sa.Column("vlan", sa.Integer(), nullable=True),
        sa.Column("connected_since", sa.Date(), nullable=True),
        sa.Column("asset", sa.JSON(), nullable=False),
        sa.Column("dated", sa.JSON(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "entry", name=op.f("pk_entry")),
    )
    op.create_index(op.f("ix_entry_tenant_serial"), "entry", ["tenant", "serial"], unique=False)
    op.create_index(op.f("ix_entry_tenant_site_kind"), "entry", ["tenant", "site", "kind"], unique=False)


def _filter_check() -> None:
    op.create_table(
        "filter_check",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("vantage", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("night", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("resolver", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("expected", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("answers", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "vantage", "night", "resolver", "name", name=op.f("pk_filter_check")),
    )


def _finding() -> None:
    op.create_table(
        "finding",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("opened", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("closed_why", sa.Text(), server_default="", nullable=False),
        sa.Column("vantage", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("closes_with", sa.Text(), server_default="", nullable=False),
        sa.Column("severity", sa.Text(), server_default="", nullable=False),
        sa.Column("responsible", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "key", "opened", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_tenant_site_clause"), "finding", ["tenant", "site", "clause"], unique=False)
    op.create_index(op.f("ix_finding_tenant_subject"), "finding", ["tenant", "subject"], unique=False)


def _issued() -> None:
    op.create_table(
        "issued",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("asset", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "asset", name=op.f("pk_issued")),
    )
    op.create_index(op.f("ix_issued_tenant_number"), "issued", ["tenant", "number"], unique=False)


def _line_measure() -> None:
    op.create_table(
        "line_measure",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("vantage", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("route", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("egress", sa.Text(), nullable=True),
        sa.Column("down_mbps", sa.Float(), nullable=True),
        sa.Column("up_mbps", sa.Float(), nullable=True),
        sa.Column("latency_ms", sa.Float(), nullable=True),
        sa.Column("jitter_ms", sa.Float(), nullable=True),
        sa.Column("loss_percent", sa.Float(), nullable=True),
        sa.Column("loaded_ms", sa.Float(), nullable=True),
        sa.Column("nic_mbps", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "vantage", "at", "endpoint", "route", name=op.f("pk_line_measure")),
    )


def _memory() -> None:
    op.create_table(
        "memory",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("night", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "night", name=op.f("pk_memory")),
    )


def _night() -> None:
    op.create_table(
        "night",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("night", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("vantage", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=False),
        sa.Column("stopped_early", sa.Boolean(), nullable=False),
        sa.Column("assets", sa.Integer(), server_default="0", nullable=False),
        sa.Column("findings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("private_devices", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("gaps", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("blind_spots", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("links", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("scopes", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("dhcp", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "night", "vantage", name=op.f("pk_night")),
    )


def _owned_field() -> None:
    op.create_table(
        "owned_field",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "entry", "name", name=op.f("pk_owned_field")),
    )


def _raw_report() -> None:
    op.create_table(
        "raw_report",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("agent", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("vantage", sa.Text(), nullable=False),
        sa.Column("received", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "agent", "sequence", name=op.f("pk_raw_report")),
    )
    op.create_index(op.f("ix_raw_report_state"), "raw_report", ["state"], unique=False)
    op.create_index(op.f("ix_raw_report_tenant_site_night"), "raw_report", ["tenant", "site", "night"], unique=False)


def _tenant() -> None:
    op.create_table(
        "tenant",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_tenant")),
    )


def _told() -> None:
    op.create_table(
        "told",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("change", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "change", name=op.f("pk_told")),
    )


def _entry_key() -> None:
    op.create_table(
        "entry_key",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("strong", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "entry"], ["entry.tenant", "entry.entry"], name=op.f("fk_entry_key_entry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant", "entry", "kind", "value", name=op.f("pk_entry_key")),
    )
    op.create_index(op.f("ix_entry_key_tenant_kind_value"), "entry_key", ["tenant", "kind", "value"], unique=False)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("password", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("link_until", sa.DateTime(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("disabled", sa.DateTime(), nullable=True),
        sa.Column("sessions", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.tenant"], name=op.f("fk_person_tenant"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "person", name=op.f("pk_person")),
        sa.UniqueConstraint("tenant", "email", name=op.f("uq_person_tenant_email")),
    )


def _sighting() -> None:
    op.create_table(
        "sighting",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("vantage", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("nights", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "entry"], ["entry.tenant", "entry.entry"], name=op.f("fk_sighting_entry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant", "entry", "site", "vantage", "first", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_tenant_site_vantage"), "sighting", ["tenant", "site", "vantage"], unique=False)


def _site() -> None:
    op.create_table(
        "site",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("phase", sa.Text(), server_default="", nullable=False),
        sa.Column("urn", sa.Integer(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.tenant"], name=op.f("fk_site_tenant"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "site", name=op.f("pk_site")),
    )


def _agent() -> None:
    op.create_table(
        "agent",
        sa.Column("tenant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("agent", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("revoked", sa.DateTime(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("stored", sa.DateTime(), nullable=True),
        sa.Column("public_key", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["site.tenant", "site.site"], name=op.f("fk_agent_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant", "agent", name=op.f("pk_agent")),
        sa.UniqueConstraint("token", name=op.f("uq_agent_token")),
    )
