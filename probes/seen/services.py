"""What services answered, and what the line and the filter did."""

from datetime import datetime

from probes.seen.record import record


@record
class OpenPort:
    """A TCP or UDP port that answered, as nmap or our own probe names it."""

    ip: str
    protocol: str
    port: int
    name: str = ""
    product: str = ""
    version: str = ""
    banner: str = ""
    extra: str = ""


@record
class ClosedHost:
    """A host that lives and had none of the asked ports open."""

    ip: str
    asked: int


@record
class Certificate:
    """A TLS service's certificate and the protocol versions it accepts (TLSv1 ... TLSv1.3)."""

    ip: str
    port: int
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    self_signed: bool
    key_bits: int | None = None
    protocols: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@record
class WebPage:
    """An HTTP answer's words: status, Server header, title, realm, redirect."""

    ip: str
    port: int
    tls: bool
    status: int
    server: str = ""
    title: str = ""
    realm: str = ""
    location: str = ""


@record
class SshHostKey:
    """An SSH server's banner and host key fingerprint (SHA256 base64), read without logging in."""

    ip: str
    banner: str
    fingerprint: str = ""
    key_type: str = ""


@record
class Smb:
    """SMB dialects a server negotiates, and its words about itself."""

    ip: str
    dialects: tuple[str, ...]
    os: str = ""
    name: str = ""
    domain: str = ""
    signing: str = ""


@record
class FtpAnonymous:
    """Whether an FTP server let an anonymous login in."""

    ip: str
    allowed: bool


@record
class OpenResolver:
    """Whether a DNS server answered a recursive question it need not answer."""

    ip: str
    recursive: bool


@record
class LineSample:
    """One measurement of the internet line; units as in vocabulary.LineMeasure."""

    endpoint: str
    route: str = "unknown"
    egress: str | None = None
    down_mbps: float | None = None
    up_mbps: float | None = None
    latency_ms: float | None = None
    jitter_ms: float | None = None
    loss_percent: float | None = None
    loaded_ms: float | None = None
    nic_mbps: int | None = None
    reason: str = ""


@record
class FilterAnswer:
    """What a resolver said when asked for a filter test name."""

    resolver: str
    name: str
    category: str
    expected: str
    verdict: str
    answers: tuple[str, ...] = ()
    reason: str = ""
