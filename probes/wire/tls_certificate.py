"""A TLS service's certificate and the versions it takes (RFC 5280, 8446). Probe `tls.certificate`.

A version is *accepted* when the server answered a hello that offered nothing else, *refused* when it said so in TLS, or
cut that hello while it takes another; otherwise it cannot be told, and the recording is PARTIAL and says for which.
"""

import warnings
from collections.abc import Callable, Iterator
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import Certificate, Seen
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.transport.tls import first_flight, handshake_certificate, nonce
from probes.vocabulary import Json, Recording
from probes.wire.tls_hello import VERSIONS, Answer, client_hello, is_enough, read_answer

_ORDER = ("TLSv1.2", "TLSv1.3", "TLSv1", "TLSv1.1", "SSLv3")
_BAD = (
    ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm, x509.InvalidVersion,
    x509.UnsupportedGeneralNameType, x509.DuplicateExtension,
)  # fmt: skip


async def collect(
    guard: Guard, ip: str, port: int, vantage: str, now: Callable[[], datetime], *, wall_s: float = 20
) -> Recording:
    """One port's certificate and versions: five short connections, one more where only TLS 1.3 is spoken."""

    async def talk(answers: list[Json]) -> str:
        said: dict[str, Json] = {"port": port, "versions": {}, "certificate": ""}
        silent: set[str] = set()
        for version in _ORDER:
            answer = await _offer(guard, ip, port, version)
            if answer is None:
                silent.add(version)
            said["versions"][version] = answer.accepted if answer else None
            said["certificate"] = said["certificate"] or (answer.certificate.hex() if answer else "")
            if said not in answers:
                answers.append(said)
        if True in said["versions"].values():
            _settle(said["versions"], silent)
            said["certificate"] = said["certificate"] or (await handshake_certificate(guard, ip, port)).hex()
        unsure = [version for version, accepted in said["versions"].items() if accepted is None]
        return f"It cannot be told whether {', '.join(unsure)} is accepted." if unsure else ""

    return await exchange(guard, "tls.certificate", ip, vantage, now, wall_s, talk)


async def _offer(guard: Guard, ip: str, port: int, version: str) -> Answer | None:
    """The answer to a hello that offers one version; None for silence."""
    try:
        return read_answer(version, await first_flight(guard, ip, port, client_hello(version, nonce()), is_enough))
    except TimeoutError:
        return None


def _settle(versions: dict[str, Json], silent: set[str]) -> None:
    """A server that takes one version and cuts the hello of another refuses it, as Windows does without an alert."""
    for version, accepted in versions.items():
        if accepted is None and version not in silent:
            versions[version] = False


def decode(recording: Recording) -> Iterator[Seen]:
    """The Certificate of each answer that held one. Raises Undecodable."""
    for said in recording.answers:
        try:
            der, port = bytes.fromhex(said["certificate"]), int(said["port"])
            versions = tuple(name for name in VERSIONS if said["versions"].get(name) is True)
        except _BAD as error:
            raise Undecodable("A TLS answer without its certificate, port or versions.") from error
        if der:
            yield certificate(recording.target, port, der, versions)


def certificate(ip: str, port: int, der: bytes, versions: tuple[str, ...]) -> Certificate:
    """What a certificate says. Raises Undecodable for DER that is no certificate."""
    with warnings.catch_warnings():
        # Switches ship certificates with serial number 0 or naive dates; they are still what the port shows.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            held = x509.load_der_x509_certificate(der)
            return Certificate(
                ip=ip,
                port=port,
                subject=clean(held.subject.rfc4514_string()),
                issuer=clean(held.issuer.rfc4514_string()),
                not_before=held.not_valid_before_utc,
                not_after=held.not_valid_after_utc,
                self_signed=_self_signed(held),
                key_bits=getattr(_key(held), "key_size", None),
                protocols=versions,
                names=_names(held),
            )
        except _BAD as error:
            raise Undecodable(f"The certificate cannot be read: {error}"[:200]) from error


def _key(held: x509.Certificate) -> object:
    try:
        return held.public_key()
    except _BAD:
        return None


def _self_signed(held: x509.Certificate) -> bool:
    if held.issuer != held.subject:
        return False
    try:
        held.verify_directly_issued_by(held)
    except InvalidSignature:
        return False
    except _BAD:
        pass
    return True


def _names(held: x509.Certificate) -> tuple[str, ...]:
    try:
        names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return tuple(clean(str(name.value)) for name in list(names)[:20])
    except (x509.ExtensionNotFound, *_BAD):
        return ()


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"tls.certificate": decode}
