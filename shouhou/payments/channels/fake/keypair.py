"""Keys made on the spot, for servers that sign as the real ones do."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An RSA key of 2048 bits that signs with SHA-256 (PKCS#1 v1.5)."""

    private: rsa.RSAPrivateKey

    @property
    def private_pem(self) -> str:
        form = serialization.PrivateFormat.PKCS8
        return self.private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()

    @property
    def public_pem(self) -> str:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    def sign(self, text: str) -> str:
        return b64encode(self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()

    def has_signed(self, text: str, signature: str) -> bool:
        try:
            self.private.public_key().verify(b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    def certificate(self, *, serial: int) -> str:
        """A certificate for this key by itself, good for a year."""
        name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake platform")]), datetime.now(UTC)
        made = x509.CertificateBuilder(name, name, self.private.public_key(), serial, now, now + timedelta(days=365))
        return made.sign(self.private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def new_key() -> KeyPair:
    return KeyPair(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def read_key(pem: str) -> KeyPair:
    """Raises ValueError for a key that is not RSA."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return KeyPair(key)
