"""Records as files: an in-toto statement in a DSSE envelope, signed with Ed25519.

See https://github.com/secure-systems-lab/dsse and https://github.com/in-toto/attestation.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ourtake.errors import BadSeal
from ourtake.review.keys import key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:ourtake:sign-off:v1"


def canonical(value: object) -> bytes:
    """JSON with sorted keys and without blanks, as UTF-8: what is hashed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _to_be_signed(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b" ".join((b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload))


def sealed(statement: Mapping[str, Any], key: Ed25519PrivateKey) -> tuple[str, str]:
    """The envelope of a statement, as JSON, and the hexadecimal SHA-256 of its payload."""
    payload = canonical(statement)
    signature = {"keyid": key_id(key.public_key()), "sig": _base64(key.sign(_to_be_signed(payload)))}
    envelope = {"payloadType": PAYLOAD_TYPE, "payload": _base64(payload), "signatures": [signature]}
    return json.dumps(envelope), hashlib.sha256(payload).hexdigest()


def opened(envelope: str, trusted: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """The statement of an envelope that one of the trusted keys signed. Raises BadSeal."""
    from cryptography.exceptions import InvalidSignature

    payload, signatures = _read(envelope)
    known = [one for one in signatures if one.get("keyid") in trusted]
    if not known:
        raise BadSeal("The record is signed with another key.", "Give the publication's public key with --key.")
    for one in known:
        try:
            trusted[one["keyid"]].verify(base64.b64decode(str(one.get("sig")), validate=True), _to_be_signed(payload))
        except (InvalidSignature, binascii.Error) as error:
            raise BadSeal("The record was changed after it was signed.", "Ask the publication for it.") from error
    return _statement(payload)


def _read(envelope: str) -> tuple[bytes, list[dict[str, Any]]]:
    try:
        given = json.loads(envelope)
        if given["payloadType"] != PAYLOAD_TYPE:
            raise ValueError(f"its payload is of the type {given['payloadType']!r}")
        signatures = [dict(one) for one in given["signatures"]]
        return base64.b64decode(given["payload"], validate=True), signatures
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadSeal(f"The record can't be read: {error}.", "Name the .intoto.json file with --record.") from error


def _statement(payload: bytes) -> dict[str, Any]:
    statement = json.loads(payload)
    if statement.get("_type") != STATEMENT or statement.get("predicateType") != PREDICATE:
        raise BadSeal("The record is not one of a sign-off by ourtake.", "Name another with --record.")
    found: dict[str, Any] = statement
    return found


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
