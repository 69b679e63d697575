"""The installation's keys: for traces, for the publications' own keys, and the pair for held content.

Keys are files of raw bytes in one folder that only the service may read, made at the first start and never
overwritten; a file of the same name among systemd's credentials wins.  Held content is sealed to a public key
(ephemeral X25519, HKDF, ChaCha20-Poly1305): a process without `held.key` keeps a mail that it cannot read
back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.store import StoreRefused

TRACE, WRAP, HELD_PRIVATE, HELD_PUBLIC = "trace.key", "wrap.key", "held.key", "held.pub"
MARKER = "store.id"
"""Names the store that these keys belong to; written when a store first used them."""
_SIZE, _NONCE, _TAG = 32, 12, 16
_NAMES = (TRACE, WRAP, HELD_PRIVATE, HELD_PUBLIC)


class Damaged(Exception):
    """Sealed bytes were altered, belong to something else, or were sealed under another key."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Raw keys of 32 bytes each; `held_private` is None in a process that must not read held content."""

    trace_key: bytes = field(repr=False)
    wrap_key: bytes = field(repr=False)
    held_public: bytes
    held_private: bytes | None = field(repr=False, default=None)

    def __post_init__(self) -> None:
        for key in (self.trace_key, self.wrap_key, self.held_public, self.held_private or bytes(_SIZE)):
            if len(key) != _SIZE:
                raise ValueError(f"a key is {_SIZE} bytes")

    @classmethod
    def generate(cls) -> Keys:
        """New random keys, kept nowhere."""
        private = os.urandom(_SIZE)
        return cls(os.urandom(_SIZE), os.urandom(_SIZE), public_of(private), private)


def public_of(private: bytes) -> bytes:
    """The X25519 public key (32 bytes) of a private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def load_or_create(folder: Path) -> Keys:
    """The keys in `folder`; missing ones are made, unless a store has used the folder (StoreRefused)."""
    with _locked(folder):
        if not (folder / MARKER).exists():
            _create_missing(folder)
        return load(folder)


def load(folder: Path) -> Keys:
    """All keys, none made; raises StoreRefused naming each file that is missing, malformed or open to all."""
    public = load_public(folder)
    private = _gather(folder, (HELD_PRIVATE,))[HELD_PRIVATE]
    if public_of(private) != public.held_public:
        raise StoreRefused(f"{folder / HELD_PUBLIC}: does not belong to {HELD_PRIVATE}")
    return Keys(public.trace_key, public.wrap_key, public.held_public, private)


def load_public(folder: Path) -> Keys:
    """The keys that a process needs which must not read held content; raises StoreRefused as `load` does."""
    found = _gather(folder, (TRACE, WRAP, HELD_PUBLIC))
    return Keys(found[TRACE], found[WRAP], found[HELD_PUBLIC])


def load_trace_key(folder: Path) -> bytes:
    """The key of traces alone (32 bytes), for who makes traces without a store; raises StoreRefused as `load` does."""
    return _gather(folder, (TRACE,))[TRACE]


def _place(folder: Path, name: str) -> Path:
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / name).exists():
        return Path(credentials) / name
    return folder / name


def _gather(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    found, problems = {}, []
    for name in names:
        path = _place(folder, name)
        try:
            found[name] = _read(path, secret=name != HELD_PUBLIC and path.parent == folder)
        except OSError as error:
            problems.append(f"{path}: {error.strerror or error}")
        except ValueError as error:
            problems.append(f"{path}: {error}")
    if problems:
        raise StoreRefused(*problems)
    return found


def _read(path: Path, *, secret: bool) -> bytes:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        content = file.read(_SIZE + 1)
    if secret and mode & 0o077:
        raise ValueError(f"others may read it (mode {mode & 0o777:04o}, must be 0600)")
    if len(content) != _SIZE:
        raise ValueError(f"a key is {_SIZE} bytes")
    return content


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Only one process makes keys at a time; the folder itself is what is locked."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise StoreRefused(f"{folder}: {error.strerror or error}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)


def _create_missing(folder: Path) -> None:
    try:
        for name in (TRACE, WRAP):
            if not _place(folder, name).exists():
                write_new(folder / name, os.urandom(_SIZE))
        _create_pair(folder)
    except OSError as error:
        raise StoreRefused(f"{error.filename or folder}: {error.strerror or error}") from None


def _create_pair(folder: Path) -> None:
    private, public = _place(folder, HELD_PRIVATE), _place(folder, HELD_PUBLIC)
    if public.exists():
        # A lone public key is never completed: what was sealed to it could not be read any more.
        return
    if not private.exists():
        write_new(private, os.urandom(_SIZE))
    write_new(folder / HELD_PUBLIC, public_of(_read(private, secret=False)))


def write_new(path: Path, content: bytes) -> None:
    """Write a new file of mode 0600, whole and on disk or not at all; FileExistsError where there is one."""
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def seal(key: bytes, context: str, plain: bytes) -> bytes:
    """`plain` sealed under a key of 32 bytes; it opens only with the same key and `context`."""
    nonce = os.urandom(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, context.encode())


def unseal(key: bytes, context: str, sealed: bytes) -> bytes:
    """What `seal` was given; raises Damaged."""
    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError):
        raise Damaged("sealed bytes do not open") from None


def seal_content(held_public: bytes, ref: str, content: bytes) -> bytes:
    """Held content sealed to the installation's public key, bound to its incident's reference."""
    ephemeral = X25519PrivateKey.generate()
    head = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(held_public))
    # The key is used for this one content only, so that a fixed nonce repeats nothing.
    return head + ChaCha20Poly1305(_derive(shared, head, held_public)).encrypt(
        bytes(_NONCE), content, ref.encode()
    )


def open_content(held_private: bytes, ref: str, sealed: bytes) -> bytes:
    """The content that `seal_content` sealed for `ref`; Damaged on any alteration or another reference."""
    head, body = sealed[:_SIZE], sealed[_SIZE:]
    if len(body) < _TAG:
        raise Damaged("sealed content is cut short")
    private = X25519PrivateKey.from_private_bytes(held_private)
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(head))
        key = _derive(shared, head, private.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(bytes(_NONCE), body, ref.encode())
    except (InvalidTag, ValueError):
        raise Damaged("sealed content does not open") from None


def _derive(shared: bytes, head: bytes, public: bytes) -> bytes:
    info = b"embargo-gateway held content" + head + public
    return HKDF(algorithm=hashes.SHA256(), length=_SIZE, salt=None, info=info).derive(shared)
