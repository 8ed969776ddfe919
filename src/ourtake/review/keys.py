"""The desk's key: Ed25519, in the user's configuration folder, readable by nobody else; never in the store.

The public part lies beside it, to be given to whoever wants to verify records. A record counts only with a key that the
verifier was given or has itself: the key in a record proves nothing.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.errors import InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY, PUBLIC = "desk.key", "desk.pub"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def key_folder() -> Path:
    """The user's configuration folder for ourtake: $XDG_CONFIG_HOME/ourtake, else ~/.config/ourtake."""
    base = os.environ.get("XDG_CONFIG_HOME") or ""
    return Path(base if os.path.isabs(base) else os.path.expanduser("~/.config")) / "ourtake"


class KeyRing:
    """The key that signs, and the public keys that are trusted.

    `trusted`: public keys as texts, such as those of [review] public_keys.
    """

    def __init__(self, folder: Path | None = None, *, trusted: Iterable[str] = ()) -> None:
        self._folder = folder or key_folder()
        self._trusted = tuple(trusted)

    @property
    def public_path(self) -> Path:
        """The file of the public part."""
        return self._folder / PUBLIC

    def private(self) -> Ed25519PrivateKey:
        """The key that signs; made the first time. Raises InputError where others can read it, or it can't be made."""
        path = self._folder / KEY
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                _make(path)
            key = _private(path)
            if not self.public_path.exists():
                _publish(key, self.public_path)
            return key
        except OSError as error:
            what = f"The desk's key {path} can't be read or made: {error.strerror}."
            raise InputError(what, "Check the folder's permissions.") from error

    def public(self) -> dict[str, Ed25519PublicKey]:
        """The trusted public keys, by id: the one beside our own key, and those that were named."""
        given = [
            read_public(text, f"item {at} of [review] public_keys in ourtake.toml")
            for at, text in enumerate(self._trusted, 1)
        ]
        if self.public_path.is_file():
            given.append(read_public(self.public_path.read_text(encoding="utf-8"), str(self.public_path)))
        return {key_id(key): key for key in given}


def _make(path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _create(path, private, mode=0o600)


def _publish(key: Ed25519PrivateKey, path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _create(path, public, mode=0o644)


def _create(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file where there is none yet. It is linked when it is whole: of those that sign first at the same time,
    one key stays.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=".desk-", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)


def _private(path: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise InputError(f"The desk's key {path} can be read by others.", f"Run `chmod 600 {path}`.")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InputError(f"{path} does not contain a key.", "Restore it from a backup, or move it away.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(f"{path} does not contain an Ed25519 key.", "Restore it from a backup, or move it away.")
    return key


def read_public(text: str, name: str) -> Ed25519PublicKey:
    """A public key: PEM, or the 32 bytes in base64. Raises InputError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if "-----BEGIN" in text:
            key = load_pem_public_key(text.encode())
            if isinstance(key, Ed25519PublicKey):
                return key
        else:
            return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        pass
    raise InputError(f"{name} is not an Ed25519 public key.", "Give a PEM file, or its 32 bytes in base64.")


def key_id(key: Ed25519PublicKey) -> str:
    """The id of a key: the hexadecimal SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()
