"""The seal of a report: its bytes cannot change, or a night go missing between two others, without being noticed.

The hash is over what was written, so that a report sealed by an older Caretaker still verifies after fields are added.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from baselines.vocabulary import Report, Seal
from probes.errors import BadInput

DOMAIN = b"caretaker-seal/1\n"


def canonical(report: Report) -> bytes:
    """A report's canonical JSON without its seal: sorted keys, no spaces, UTF-8."""
    return _canonical(report.model_dump(mode="json", by_alias=True))


def seal(report: Report, key: Ed25519PrivateKey, sequence: int, previous: str) -> Report:
    """The same report sealed. `previous` is the SHA-256 of the agent's report before it, "" for its first."""
    digest = hashlib.sha256(canonical(report)).hexdigest()
    signature = key.sign(_signed(sequence, previous, digest)).hex()
    public = key.public_key().public_bytes_raw().hex()
    made = Seal(sequence=sequence, previous=previous, sha256=digest, public_key=public, signature=signature)
    return report.model_copy(update={"seal": made})


def check(report: Report) -> None:
    """Raise BadInput unless the report is exactly what its key sealed."""
    _check(canonical(report), report.seal)


def check_bytes(raw: bytes) -> Report:
    """The report in these bytes, its seal verified over the bytes' own words. Raises BadInput with the first reason."""
    words = read_json(raw)
    try:
        report = Report.model_validate_json(raw)
    except ValueError as error:
        raise BadInput(f"This is not a Caretaker report: {first_problem(error)}.") from error
    _check(_canonical(words), report.seal)
    return report


def read_json(raw: bytes) -> dict[str, Any]:
    """A JSON object that every reader understands alike: no key twice, no NaN or infinity, no half characters."""
    try:
        words = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError as error:
        raise BadInput("The report is nested too deeply.") from error
    except ValueError as error:
        raise BadInput(f"The report is not JSON: {error}.") from error
    if not isinstance(words, dict):
        raise BadInput("The report is not a JSON object.")
    return words


def first_problem(error: ValueError) -> str:
    """Where and what the first complaint of a validation error is, on one line."""
    complaints = getattr(error, "errors", None)
    if complaints is None:
        return str(error).splitlines()[0]
    first = complaints(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(step) for step in first['loc']) or 'report'}: {first['msg']}"


def _check(words: bytes, seal: Seal | None) -> None:
    if seal is None:
        raise BadInput("The report has no seal.")
    if hashlib.sha256(words).hexdigest() != seal.sha256:
        raise BadInput("The report was changed after it was sealed: its SHA-256 does not match.")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.public_key))
        public.verify(bytes.fromhex(seal.signature), _signed(seal.sequence, seal.previous, seal.sha256))
    except (InvalidSignature, ValueError) as error:
        raise BadInput("The report's signature does not belong to its key, sequence and content.") from error


def _signed(sequence: int, previous: str, digest: str) -> bytes:
    return DOMAIN + json.dumps([sequence, previous, digest]).encode()


def _canonical(words: dict[str, Any]) -> bytes:
    kept = {name: value for name, value in words.items() if name != "seal"}
    try:
        return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadInput(f"The report has no canonical form: {error}.") from error


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same key appears twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
