"""collector.toml: what a person decides about the collector. An unknown word is refused in one sentence."""

import os
import secrets
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from baselines.seal import first_problem
from probes.errors import BadInput
from probes.vocabulary import Noun


class Term(Noun):
    """Days on which pupils are in: outside them a laptop that is not seen is on holiday, not lost."""

    site: str = ""
    first: date
    last: date


class Alerts(Noun):
    """Where the morning digest goes: apprise URLs (mailto://, json://, ...), given here or in a file, one a line."""

    urls: tuple[str, ...] = ()
    urls_file: Path | None = None
    morning: time = time(7, 0)
    silent_hours: int = Field(default=26, ge=1)


class SignInWith(Noun):
    """An OpenID provider. For Entra name the trust's own tenant in the issuer, never `common`."""

    kind: Literal["entra", "google", "other"]
    name: str = ""
    issuer: str
    client_id: str
    client_secret_file: Path
    domains: tuple[str, ...] = Field(default=(), description="E-mail domains let in; the person must exist already.")


class Settings(Noun):
    """Everything the collector is told."""

    name: str = "Caretaker"
    tenant: str = Field(default="school", pattern=r"^[a-z0-9-]{1,40}$")
    data_dir: Path = Path("/var/lib/caretaker-collector")
    database: str = ""
    listen: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    requests_an_hour: int = Field(default=60, ge=1, description="Of each agent; beyond it 429 with Retry-After.")
    alerts: Alerts = Alerts()
    terms: tuple[Term, ...] = ()
    sign_in: tuple[SignInWith, ...] = ()

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data_dir / 'collector.db'}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the pages over TLS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")


def read_settings(path: Path | None, **given: object) -> Settings:
    """Settings from a file, with what was given on the command line over it. Raises BadInput in one sentence."""
    said: dict[str, object] = {}
    if path is not None:
        try:
            said = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"{path} is not TOML: {error}.") from error
    said |= {name: value for name, value in given.items() if value is not None}
    file = str(said.get("database", "")).removeprefix("sqlite:///")
    if file and "://" not in file:
        said.setdefault("data_dir", Path(file).parent)
    try:
        return Settings.model_validate(said)
    except ValidationError as error:
        raise BadInput(f"{path or 'The command line'}: {first_problem(error)}.") from error


def secret_key(settings: Settings) -> str:
    """The key that signs session cookies: made at the first run, in a file only this user can read."""
    path = settings.data_dir / "secret.key"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    except OSError as error:
        raise BadInput(f"The folder {settings.data_dir} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def _read_key(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise BadInput(f"Others may read {path}: run chmod 600 {path}.")
        key = path.read_text().strip()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    if len(key) < 32:
        raise BadInput(f"{path} is cut short: delete it and everyone signs in again.")
    return key


def alert_urls(alerts: Alerts) -> tuple[str, ...]:
    """Every address alerts go to; the file is read each time, so that a new one needs no restart."""
    if alerts.urls_file is None:
        return alerts.urls
    try:
        lines = alerts.urls_file.read_text("utf-8").splitlines()
    except OSError as error:
        raise BadInput(f"{alerts.urls_file} cannot be read: {error.strerror}.") from error
    return (*alerts.urls, *(line.strip() for line in lines if line.strip() and not line.startswith("#")))
