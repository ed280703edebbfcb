"""Certificates and protocol versions of real TLS servers, and of things that only pretend to be one."""

import asyncio
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from probes.errors import Undecodable
from probes.seen import Certificate
from probes.vocabulary import Outcome, Recording
from probes.wire.tls_certificate import collect, decode
from probes.wire.tls_hello import VERSIONS, client_hello, is_enough, read_answer
from tests.probes.wire.loopback import HOME, guard, lasting, mute, now, recording, run, saying, seen, serving

UNTIL = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a self-signed certificate that ran out, in one PEM file."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "switch.ashfield.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(UNTIL - timedelta(days=365))
        .not_valid_after(UNTIL)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("sw")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return pem


@contextmanager
def openssl(pem: Path, *options: str) -> Iterator[int]:
    """OpenSSL's own server on loopback."""
    with socket.create_server((HOME, 0)) as free:
        port = free.getsockname()[1]
    command = [shutil.which("openssl") or "openssl", "s_server", "-accept", f"{HOME}:{port}", "-cert", str(pem)]
    process = subprocess.Popen([*command, "-quiet", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                socket.create_connection((HOME, port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def looked_at(port: int, **options: Any) -> Recording:
    return run(collect(guard(), HOME, port, "test", now, **options))


def the_certificate(recorded: Recording) -> Certificate:
    (certificate,) = seen(recorded, decode)
    assert isinstance(certificate, Certificate)
    return certificate


def test_an_expired_self_signed_certificate_and_its_versions_are_read(expired: Path) -> None:
    with openssl(expired) as port:
        recorded = looked_at(port)
    held = the_certificate(recorded)
    assert (held.subject, held.self_signed, held.key_bits) == ("CN=switch.ashfield.example", True, 2048)
    assert (held.not_after, held.names) == (UNTIL, ("sw",))
    assert held.protocols == ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize(
    ("options", "spoken"),
    [(("-tls1", "-cipher", "ALL:@SECLEVEL=0"), ("TLSv1",)), (("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), ("TLSv1.1",)),
     (("-tls1_2",), ("TLSv1.2",)), (("-tls1_3",), ("TLSv1.3",)),
     (("-cipher", "ALL:@SECLEVEL=0"), ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"))],
)  # fmt: skip
def test_exactly_the_versions_a_server_takes_are_told(expired: Path, options: tuple[str, ...], spoken: Any) -> None:
    with openssl(expired, *options) as port:
        recorded = looked_at(port)
    held = the_certificate(recorded)
    assert held.protocols == spoken
    assert held.subject == "CN=switch.ashfield.example"
    assert recorded.answers[0]["versions"]["TLSv1.2"] is ("TLSv1.2" in spoken)


def test_a_port_that_speaks_plain_http_is_garbled() -> None:
    with serving(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        recorded = looked_at(port)
    assert (recorded.outcome, recorded.answers) == (Outcome.GARBLED, ())


def test_a_server_that_cuts_every_hello_cannot_be_told_from_one_that_refuses() -> None:
    with serving(saying(b"", after=b"\x16")) as port:
        recorded = looked_at(port)
    assert recorded.outcome is Outcome.PARTIAL
    assert "cannot be told" in recorded.reason
    assert seen(recorded, decode) == []


def test_a_server_that_takes_one_version_and_cuts_the_others_refuses_those(expired: Path) -> None:
    with openssl(expired) as port:
        recorded = looked_at(port)
    assert recorded.outcome is Outcome.COMPLETE, recorded.reason
    assert recorded.answers[0]["versions"]["TLSv1"] is False


def test_silence_about_one_version_is_not_a_refusal(expired: Path) -> None:
    async def silent_to_tls_1(reader: Any, writer: Any) -> None:
        hello = await reader.read(2000)
        if hello[9:11] == b"\x03\x01":
            await asyncio.sleep(4)
        if hello[9:11] != b"\x03\x03":
            return
        message = b"\x02\x00\x00\x26\x03\x03" + bytes(32) + b"\x00\xc0\x2f\x00" + b"\x0e\x00\x00\x00"
        writer.write(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message)
        await writer.drain()

    with serving(silent_to_tls_1) as port:
        recorded = looked_at(port)
    assert recorded.answers[0]["versions"] == {
        "TLSv1.2": True, "TLSv1.3": False, "TLSv1": None, "TLSv1.1": False, "SSLv3": False,
    }  # fmt: skip
    assert recorded.outcome is Outcome.PARTIAL


def test_a_mute_server_ends_at_the_deadline() -> None:
    with serving(mute) as port, lasting(3):
        assert looked_at(port, wall_s=1).outcome is Outcome.TIMED_OUT


def test_an_alert_refuses_only_when_it_is_about_the_version() -> None:
    assert read_answer("TLSv1", b"\x15\x03\x01\x00\x02\x02\x46").accepted is False
    assert read_answer("TLSv1", b"\x15\x03\x01\x00\x02\x02\x50").accepted is None
    assert read_answer("TLSv1", b"").accepted is None


def test_damaged_flights_are_undecodable_and_nothing_else(expired: Path) -> None:
    chance = random.Random(3)
    der = x509.load_pem_x509_certificate(expired.read_bytes()).public_bytes(serialization.Encoding.DER)
    inner = (len(der) + 3).to_bytes(3, "big") + len(der).to_bytes(3, "big") + der
    message = (
        b"\x02\x00\x00\x26\x03\x03" + bytes(32) + b"\x00\xc0\x2f\x00" + b"\x0b" + len(inner).to_bytes(3, "big") + inner
    )
    whole = b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message
    assert read_answer("TLSv1.2", whole).certificate == der
    for _ in range(3000):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        cut = bytes(raw[: chance.randint(0, len(raw))])
        is_enough(cut)
        try:
            answer = read_answer("TLSv1.2", cut)
            said = {"port": 443, "versions": {"TLSv1.2": answer.accepted}, "certificate": answer.certificate.hex()}
            list(decode(recording("tls.certificate", [said])))
        except Undecodable:
            pass


def test_every_hello_offers_its_own_version() -> None:
    for version, code in VERSIONS.items():
        hello = client_hello(version, bytes(64))
        assert int.from_bytes(hello[9:11], "big") == min(code, 0x0303)
        assert int.from_bytes(hello[3:5], "big") == len(hello) - 5
