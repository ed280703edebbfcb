"""What an agent keeps between nights: who it is, its key, its last report's number, a lock against a second night."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.files import write_durably
from agent.spool import Chain
from probes.errors import BadInput


class State:
    """The agent's state folder. The id is random, never taken from hardware."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise BadInput(
                f"{folder} cannot be made ({error.strerror}); set agent.state_dir to a folder this user may write."
            ) from error
        self.agent_id = self._agent_id()
        self.key = self._key()

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def recordings(self) -> Path:
        return self.folder / "recordings"

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Whether this process holds the state alone; False when another night is under way."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            yield False
            return
        try:
            yield True
        finally:
            os.close(handle)

    def chain(self) -> Chain:
        """The end of the chain of reports."""
        path = self.folder / "chain.json"
        return Chain.model_validate_json(path.read_bytes()) if path.exists() else Chain()

    def advance(self, chain: Chain) -> None:
        """Note a report's number and hash. Durable when this returns."""
        write_durably(self.folder / "chain.json", chain.model_dump_json().encode())

    def engines(self) -> dict[str, str]:
        """The SNMP engine id that each address showed when a credential was first bound to it."""
        path = self.folder / "engines.json"
        held: dict[str, str] = json.loads(path.read_bytes()) if path.exists() else {}
        return held

    def bind_engines(self, engines: dict[str, str]) -> None:
        """Keep which engine each address showed, so that a stranger at that address gets no credential."""
        write_durably(self.folder / "engines.json", json.dumps(engines, sort_keys=True, indent=1).encode())

    def _agent_id(self) -> str:
        path = self.folder / "agent-id"
        if not path.exists():
            write_durably(path, f"agent-{secrets.token_hex(8)}\n".encode())
        return path.read_text("ascii").strip()

    def _key(self) -> Ed25519PrivateKey:
        path = self.folder / "agent.key"
        if not path.exists():
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            write_durably(path, pem)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput(f"{path} is not an Ed25519 key; move it away and a new one is made.")
        return key
