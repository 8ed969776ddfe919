"""The key, the envelope, and who wrote which words."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path

import pytest

from ourtake.config import Settings
from ourtake.errors import BadSeal, InputError
from ourtake.review.authorship import words_by_author
from ourtake.review.envelope import opened, sealed
from ourtake.review.keys import KeyRing, read_public
from ourtake.review.record import RecordSealer, content_digest
from ourtake.review.session import Desk, Session
from tests.review.conftest import TAKE, decide_all

ANN = "Ann Reed"


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    rings = [KeyRing(tmp_path / "config") for _ in range(8)]
    threads = [threading.Thread(target=ring.private) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = {ring.private().public_key().public_bytes_raw() for ring in rings}
    assert len(keys) == 1
    assert {path.name for path in (tmp_path / "config").iterdir()} == {"desk.key", "desk.pub"}
    assert (tmp_path / "config/desk.key").stat().st_mode & 0o777 == 0o600
    assert [key.public_bytes_raw() for key in rings[0].public().values()] == list(keys)
    (tmp_path / "config/desk.key").chmod(0o640)
    with pytest.raises(InputError, match="can be read by others"):
        rings[0].private()


def test_an_envelope_counts_only_with_a_trusted_key_and_unchanged(tmp_path: Path) -> None:
    mine, other = KeyRing(tmp_path / "mine"), KeyRing(tmp_path / "other")
    statement = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "urn:ourtake:sign-off:v1", "é": [1, "€"]}
    envelope, _ = sealed(statement, mine.private())
    assert opened(envelope, mine.public()) == statement
    other.private()
    with pytest.raises(BadSeal, match="another key"):
        opened(envelope, other.public())
    given = json.loads(envelope)
    forged = base64.b64encode(base64.b64decode(given["payload"]).replace(b"[1,", b"[2,")).decode()
    with pytest.raises(BadSeal, match="changed after"):
        opened(json.dumps(given | {"payload": forged}), mine.public())
    for broken in ("", "{}", "[]", json.dumps(given | {"payload": "%"}), json.dumps(given | {"signatures": []})):
        with pytest.raises(BadSeal):
            opened(broken, mine.public())
    named = KeyRing(
        tmp_path / "none", trusted=[base64.b64encode(mine.private().public_key().public_bytes_raw()).decode()]
    )
    assert opened(envelope, named.public()) == statement
    with pytest.raises(InputError, match="not an Ed25519 public key"):
        read_public("abc", "it")


def test_words_belong_to_whoever_put_them_there(desk: Desk, session: Session) -> None:
    def counts() -> dict[str, int]:
        filed = session.filed(standing_only=False)
        counted = words_by_author(filed.draft.revisions, filed.acts, filed.draft.chosen)
        return {str(kind): count for kind, count in counted.items()}

    model = counts()
    assert model["person"] == model["code"] == 0
    session.edit("summary", 0, "The council is very very late.", base=1, by=ANN)
    assert counts() == {"person": 2, "model": model["model"], "code": 0}
    fixed = next(row for row in session.view().findings if row.finding.fix)
    session.apply_fix(fixed.id, by=ANN)
    assert counts() == {"person": 2, "model": model["model"], "code": 1}
    session.undo(by=ANN)
    session.undo(by=ANN)
    assert counts() == model
    one = session.propose("summary", 0, "The council is two years late.", base=1, by="m", asked_by=ANN)
    for piece in one.pieces:
        session.decide_piece(one.id, piece.number, "take", by=ANN)
    session.finish(one.id, by=ANN)
    assert counts() == {"person": 0, "model": model["model"] + 2, "code": 0}


def test_the_digest_covers_every_field_and_link_target() -> None:
    digests = {content_digest(TAKE)}
    for field in ("headline", "summary", "body"):
        digests.add(content_digest(TAKE.model_copy(update={field: f"{getattr(TAKE, field)}."})))
    digests.add(content_digest(TAKE.model_copy(update={"tags": ("bridge",)})))
    digests.add(content_digest(TAKE.model_copy(update={"body": TAKE.body.replace("example/1", "example/2")})))
    assert len(digests) == 6


def test_a_correction_has_a_record_of_its_own(desk: Desk, session: Session, tmp_path: Path) -> None:
    keys = KeyRing(tmp_path / "config")
    desk.sealer = RecordSealer(desk.store, Settings(), keys)
    decide_all(session)
    view = session.approve(by=ANN, knowledge="Covers the harbour", contact="desk@paper.example", label=True)
    assert view.signed and view.draft.review is not None
    first = opened(session.seal() or "", keys.public())["predicate"]
    assert first["responsible"][0]["label"] is True and first["corrections"] == []
    assert first["let_stand"][0]["reason"] == "The mayor confirmed it by telephone."
    session.published(by=ANN, where="wordpress", url="https://paper.example/p/1")
    assert session.view().signed and desk.store.desk.published_at("https://paper.example/p/1") == "d1"
    session.edit("summary", 0, "The council is five years late.", base=1, by="Ben Holt")
    assert not session.view().signed
    decide_all(session)
    session.correct("It is five years late.", by=ANN)
    second = opened(session.seal() or "", keys.public())["predicate"]
    assert second["corrections"][0]["note"] == "It is five years late." and second["revision"] == 2
    assert second["acts"]["count"] > first["acts"]["count"] and session.view().signed
    assert second["people"]["words"]["person"] >= 2
