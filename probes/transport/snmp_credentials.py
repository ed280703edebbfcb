"""What a person allows SNMP to use and to spend: credentials as secrets that print as a placeholder, and budgets."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from probes.vocabulary import Noun

AuthProtocol = Literal["MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"]
PrivProtocol = Literal["DES", "AES-128", "AES-192", "AES-256"]
Level = Literal["noAuthNoPriv", "authNoPriv", "authPriv"]
DEFAULT_COMMUNITIES = frozenset({"public", "private"})
_SHORTEST_PASSPHRASE = 8


class Credential(Noun):
    """How to ask a device: a community (v1, v2c), or a user with passphrases (v3, RFC 3414)."""

    name: str
    version: Literal["v1", "v2c", "v3"]
    community: SecretStr | None = None
    user: str = ""
    auth_protocol: AuthProtocol = "SHA"
    auth_passphrase: SecretStr | None = None
    priv_protocol: PrivProtocol = "AES-128"
    priv_passphrase: SecretStr | None = None
    context: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.version != "v3" and not (self.community and self.community.get_secret_value()):
            raise ValueError(f"The credential {self.name!r} is SNMP {self.version} and needs a community.")
        if self.version == "v3" and not self.user:
            raise ValueError(f"The credential {self.name!r} is SNMP v3 and needs a user.")
        if self.priv_passphrase and not self.auth_passphrase:
            raise ValueError(f"The credential {self.name!r} has a privacy passphrase but none to authenticate with.")
        for secret in (self.auth_passphrase, self.priv_passphrase):
            if secret and len(secret.get_secret_value()) < _SHORTEST_PASSPHRASE:
                raise ValueError(f"A passphrase of the credential {self.name!r} is shorter than 8 characters.")
        return self

    @property
    def level(self) -> Level:
        """The security level the passphrases allow; noAuthNoPriv for communities."""
        if self.auth_passphrase is None:
            return "noAuthNoPriv"
        return "authPriv" if self.priv_passphrase else "authNoPriv"

    @property
    def is_default(self) -> bool:
        """Whether this is a community that devices are sold with."""
        return self.community is not None and self.community.get_secret_value() in DEFAULT_COMMUNITIES


class SnmpBudget(Noun):
    """What one device may cost in one session. Times in seconds, `max_bytes` as received.

    A device that has never answered gets `silent_retries`; one that has, `retries`. The wait starts at `first_timeout`
    and doubles. `rows_per_reply` is what is asked for at once; devices that cannot are asked for less. Where a device
    answers VLAN by VLAN only, `vlans` and `vlan_seconds` bound that part.
    """

    max_rows: int = Field(default=60_000, gt=0)
    max_bytes: int = Field(default=4 * 2**20, gt=0)
    max_seconds: float = Field(default=120, gt=0)
    retries: int = Field(default=5, ge=0)
    silent_retries: int = Field(default=2, ge=0)
    first_timeout: float = Field(default=0.4, gt=0)
    longest_timeout: float = Field(default=5.0, gt=0)
    rows_per_reply: int = Field(default=48, gt=0)
    window: int = Field(default=4, gt=0)
    vlans: int = Field(default=64, ge=0)
    vlan_seconds: float = Field(default=40, ge=0)
