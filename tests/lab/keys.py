"""Host keys from a seed, and certificates: what the school's servers prove themselves with."""

import hashlib
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID


def host_key(hostname: str) -> Ed25519PrivateKey:
    """The SSH host key of a host, always the same for the same name."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"ashfield " + hostname.encode()).digest())


def openssh(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def known_host(ip: str, hostname: str) -> str:
    """The known_hosts line of a host."""
    public = host_key(hostname).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return f"{ip} {public}"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def authority() -> ec.EllipticCurvePrivateKey:
    """The key of the school's own certificate authority."""
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(b"ashfield authority").digest()) >> 1, ec.SECP256R1())


def write_certificate(
    directory: Path, hostname: str, ip: str, now: datetime, days: int, old: bool = False, signed: bool = False
) -> None:
    """Writes HOSTNAME.crt and .key, ending `days` from now.

    `old` makes an RSA key for old TLS; `signed` has the school's authority sign it instead of the host itself.
    """
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    key = rsa.generate_private_key(65537, 2048) if old else ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{hostname}.ashfield.example")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(_name("Ashfield School authority") if signed else name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days - 365)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(ip))]), critical=False)
        .sign(authority() if signed else key, hashes.SHA256())
    )  # fmt: skip
    (directory / f"{hostname}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    path = directory / f"{hostname}.key"
    path.write_bytes(secret)
    path.chmod(0o600)
