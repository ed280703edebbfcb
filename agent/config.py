"""What a person wrote in agent.toml and on the command line: strict, with one sentence for each mistake."""

import re
import tomllib
from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from baselines.vocabulary import Site
from probes.errors import BadInput


def _address(value: Any) -> str:
    return str(ip_address(str(value)))


def _fingerprint(value: Any) -> str:
    digits = str(value).replace(":", "").strip().lower()
    if digits and not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise ValueError("a SHA-256 fingerprint has 64 hexadecimal digits")
    return digits


def _network(value: Any) -> str:
    return str(ip_network(str(value), strict=False))


Address = Annotated[str, BeforeValidator(_address)]
Network = Annotated[str, BeforeValidator(_network)]
Fingerprint = Annotated[str, BeforeValidator(_fingerprint)]


class Section(BaseModel):
    """A frozen part of the configuration whose unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AgentSection(Section):
    """Where the agent stands and what it may do. Rates in packets per second."""

    name: str = "agent"
    vantage: str = "staff"
    interface: str | None = None
    scopes: tuple[Network, ...] = ()
    exclude: tuple[Network, ...] = ()
    owned_public: tuple[Network, ...] = Field(default=(), description="Public ranges the school itself owns.")
    state_dir: Path = Path("/var/lib/caretaker")
    hard_stop: time | None = None
    max_minutes: float = Field(default=240, gt=0)
    per_host_pps: float = Field(default=40, gt=0, le=100)
    bound_host_pps: float = Field(default=100, gt=0, le=1000)
    total_pps: float = Field(default=500, gt=0, le=2000)
    listen_seconds: float = Field(default=35, ge=0, le=300)


class Fragile(Section):
    """A device that gets ARP, one ping and one SNMP GET at the most."""

    address: Address
    reason: str = ""


class CredentialUse(Section):
    """Where a credential may be used. Its secrets stand under the same name in the credentials file."""

    name: str
    kind: Literal["snmp-v3", "snmp-v2c", "ssh"]
    subnets: tuple[Network, ...] = Field(min_length=1)
    devices: tuple[Address, ...] = Field(default=(), description="When given, only these addresses within the subnets.")
    platforms: dict[Address, str] = Field(default_factory=dict)

    def covers(self, ip: str) -> bool:
        """Whether a person allowed this credential to be shown to this address."""
        address = ip_address(ip)
        inside = any(address in ip_network(subnet) for subnet in self.subnets if _same(address.version, subnet))
        return inside and (not self.devices or ip in self.devices)


class ControllerUse(Section):
    """One controller that may be asked; its secrets stand under the same name in the credentials file, for it alone.

    It proves itself by the SHA-256 of its certificate, or by a CA; nothing turns that off.
    """

    name: str
    kind: Literal["unifi", "omada"]
    address: Address
    port: int = Field(gt=0, lt=65536)
    site: str = Field(default="", description="The controller's site: UniFi's is default where none is named.")
    fingerprint: Fingerprint = ""
    ca_file: Path | None = None
    host: str = Field(default="", pattern=r"^[A-Za-z0-9.-]*$", description="The name the CA's certificate is for.")

    @model_validator(mode="after")
    def _proves_itself(self) -> Self:
        if bool(self.fingerprint) == bool(self.ca_file):
            raise ValueError("name the fingerprint (SHA-256) of the controller's certificate, or a ca_file")
        return self


def _same(version: int, subnet: str) -> bool:
    network: IPv4Network | IPv6Network = ip_network(subnet)
    return network.version == version


class ProbesSection(Section):
    """Probes that are opt-in, and probes that shall not run."""

    default_communities: tuple[Network, ...] = ()
    configuration_lines: bool = Field(default=True, description="Tell the redacted lines that changed, not only that.")
    skip: tuple[str, ...] = ()


class LineEndpoint(Section):
    """A server the site chose to measure its line against; http needs GET /down?bytes=N and POST /up."""

    name: str
    host: str
    kind: Literal["http", "iperf3"] = "http"
    port: int = Field(default=8080, gt=0, lt=65536)
    tls: bool = False
    max_seconds: float = Field(default=6, gt=0, le=30)


class BroadbandSection(Section):
    """How the internet line is measured. Nothing is measured unless endpoints are named."""

    endpoints: tuple[LineEndpoint, ...] = ()
    egress_url: str | None = None
    main_egress: tuple[Address, ...] = ()
    backup_egress: tuple[Address, ...] = ()


class FilterTest(Section):
    """A name to look up, and what the filter should do with it."""

    name: str
    category: str
    expect: Literal["blocked", "allowed", "safe-search"]


class FilteringSection(Section):
    """How the filter is checked: by DNS, with names the site chose. No name is built in."""

    resolvers: tuple[Address, ...] = ()
    block_pages: tuple[Address, ...] = ()
    tests: tuple[FilterTest, ...] = ()


class DhcpSection(Section):
    """Lease files of the school's DHCP servers that this machine can read."""

    leases: tuple[Path, ...] = ()


class DeliverySection(Section):
    """Where reports go. `ca_file` adds a certificate authority; nothing turns verification off."""

    collector: str | None = None
    ca_file: Path | None = None


class Config(Section):
    """All of agent.toml."""

    site: Site
    agent: AgentSection = AgentSection()
    fragile: tuple[Fragile, ...] = ()
    credentials: tuple[CredentialUse, ...] = ()
    controllers: tuple[ControllerUse, ...] = ()
    probes: ProbesSection = ProbesSection()
    broadband: BroadbandSection = BroadbandSection()
    filtering: FilteringSection = FilteringSection()
    dhcp: DhcpSection = DhcpSection()
    delivery: DeliverySection = DeliverySection()


def read_config(path: Path | None) -> Config:
    """The configuration in this file, or a bare one when there is none. Raises BadInput with file, key and remedy."""
    if path is None:
        return Config(site=Site(id="site", name="This site", phase="other"))
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}); name the agent's configuration file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not TOML: {error}.") from error
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        raise BadInput(sentence_of(path, error)) from error


def sentence_of(path: Path | str, error: ValidationError) -> str:
    """The first mistake in a file as one sentence: file, key, what is wrong, and how many more there are."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the top level"
    what = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        what = "is not a setting Caretaker knows; correct its spelling or take it out"
    elif first["type"] == "missing":
        what = "is missing and must be given"
    more = error.error_count() - 1
    return f"{path}: {where}: {what}{f' ({more} more to correct)' if more else ''}."
