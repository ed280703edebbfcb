"""Secrets, read once from a file only its owner can read, and never written anywhere."""

import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr, ValidationError

from agent.config import Config, ControllerUse, CredentialUse, Section, sentence_of
from probes.errors import BadInput
from probes.transport.controller import ControllerLogin
from probes.transport.snmp_credentials import Credential
from probes.transport.ssh import SshLogin


class Secrets(Section):
    """What the credentials file holds, by the name the configuration uses."""

    snmp: Mapping[str, Credential] = {}
    ssh: Mapping[str, SshLogin] = {}
    controllers: Mapping[str, ControllerLogin] = {}
    collector_token: SecretStr | None = None


def read_secrets(path: Path | None, config: Config) -> Secrets:
    """The secrets for the credentials the configuration names. Raises BadInput when one is missing or badly kept."""
    raw = _read(path) if path else {}
    snmp: dict[str, Credential] = {}
    ssh: dict[str, SshLogin] = {}
    controllers: dict[str, ControllerLogin] = {}
    uses: tuple[CredentialUse | ControllerUse, ...] = (*config.credentials, *config.controllers)
    for use in uses:
        fields = raw.get(use.name)
        if not isinstance(fields, dict):
            where = path or "the credentials file (none was named; use --credentials)"
            raise BadInput(f"{where} has no [{use.name}], which the agent's configuration names; add it.")
        try:
            if isinstance(use, ControllerUse):
                controllers[use.name] = ControllerLogin.model_validate(fields)
                continue
            if use.kind == "ssh":
                ssh[use.name] = SshLogin.model_validate(fields)
            else:
                version = use.kind.removeprefix("snmp-")
                snmp[use.name] = Credential.model_validate({"name": use.name, "version": version, **fields})
        except ValidationError as error:
            raise BadInput(sentence_of(f"{path} [{use.name}]", error)) from None
    return Secrets(snmp=snmp, ssh=ssh, controllers=controllers, collector_token=_token(raw))


def _token(raw: Mapping[str, object]) -> SecretStr | None:
    section = raw.get("collector")
    token = section.get("token") if isinstance(section, dict) else None
    return SecretStr(str(token)) if token else None


def _read(path: Path) -> dict[str, object]:
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}); name the credentials file.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadInput(f"{path} can be read by others (mode {stat.S_IMODE(mode):04o}); run: chmod 600 {path}")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise BadInput(f"{path} is not TOML; its words are not repeated here because it holds secrets.") from None
