"""Certificates made on the spot: an authority, and what it signs well, badly, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(slots=True)
class Authority:
    """Signs certificates into `folder`; its own is `path`."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def path(self) -> Path:
        """The authority's own certificate."""
        path = self.folder / "authority.pem"
        if not path.exists():
            path.write_bytes(
                _signed("authority.example", self.key, "authority.example", self.key, authority=True)
            )
        return path

    def certificate(self, name: str, *, days: float = 1, by_itself: bool = False) -> Path:
        """Certificate and key in one file for a host's name; `days` below 0: expired; `by_itself`: self-signed."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, signer = (name, key) if by_itself else ("authority.example", self.key)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self.folder / f"{name}-{days}-{by_itself}.pem"
        path.write_bytes(_signed(name, key, issuer, signer, days=days) + private)
        return path


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signer: ec.EllipticCurvePrivateKey,
    *,
    days: float = 1,
    authority: bool = False,
) -> bytes:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)
