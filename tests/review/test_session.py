"""The session object: two editors, fixes, decisions, proposals, undo, states, the chain."""

from __future__ import annotations

import asyncio

import pytest

from ourtake.errors import InputError
from ourtake.review.claims import claims_of, text_of
from ourtake.review.editing import candidates
from ourtake.review.paragraphs import WHOLE
from ourtake.review.session import Desk, NotReady, Session
from ourtake.store import Store
from ourtake.store.acts import broken_at
from tests.review.conftest import BODY, SOURCE, TAKE, decide_all, new_draft

ANN, BEN = "Ann Reed", "Ben Holt"


def body(session: Session) -> list[str]:
    return [block.text for block in session.view().blocks if block.field == "body"]


def test_a_fix_after_an_emoji_changes_exactly_its_words(session: Session) -> None:
    row = next(row for row in session.view().findings if row.finding.fix and row.finding.code == "QUO003")
    saved = session.apply_fix(row.id, by=ANN)
    assert saved.status == "saved" and saved.revision == 2
    assert session.view().take.body == BODY.replace("money is there", "money is really there")
    assert session.view().revision.by == ANN
    assert row.id not in {other.id for other in session.view().findings}
    with pytest.raises(InputError, match="no longer in the text"):
        session.apply_fix(row.id, by=ANN)


def test_two_editors_in_different_paragraphs_keep_both(session: Session) -> None:
    assert session.edit("body", 0, "First by Ann.", base=1, by=ANN).status == "saved"
    saved = session.edit("body", 2, "Third by Ben.", base=1, by=BEN)
    assert (saved.status, saved.index) == ("saved", 2)
    assert body(session) == ["First by Ann.", BODY.split("\n\n")[1], "Third by Ben."]


def test_the_second_in_the_same_paragraph_gets_both_texts_and_loses_none(session: Session) -> None:
    session.edit("body", 0, "First by Ann.", base=1, by=ANN)
    saved = session.edit("body", 0, "First by Ben.", base=1, by=BEN)
    assert (saved.status, saved.yours, saved.theirs) == ("both", "First by Ben.", "First by Ann.")
    assert body(session)[0] == "First by Ann."
    kept = session.view().proposals
    assert [(one.id, one.kind, one.text) for one in kept] == [(saved.proposal, "meanwhile", "First by Ben.")]
    for piece in kept[0].pieces:
        session.decide_piece(kept[0].id, piece.number, "take", by=BEN)
    session.finish(kept[0].id, by=BEN)
    assert body(session)[0] == "First by Ben."


def test_a_paragraph_is_found_where_it_moved_to(session: Session) -> None:
    session.edit("body", 0, "New one.\n\nAnd another.", base=1, by=ANN)
    saved = session.edit("body", 2, "Third by Ben.", base=1, by=BEN)
    assert (saved.status, saved.index) == ("saved", 3)
    session.edit("body", 0, "", base=session.view().revision.number, by=ANN)
    assert body(session) == ["And another.", BODY.split("\n\n")[1], "Third by Ben."]
    assert session.edit("body", 3, "A new end.", base=session.view().revision.number, by=ANN).index == 3
    assert body(session)[-1] == "A new end."


def test_a_paragraph_removed_meanwhile_loses_no_words(session: Session) -> None:
    session.edit("body", 1, "", base=1, by=ANN)
    saved = session.edit("body", 1, "What Ben made of it.", base=1, by=BEN)
    assert (saved.status, saved.theirs) == ("both", "")
    one = session.view().proposals[0]
    session.decide_piece(one.id, 1, "take", by=BEN)
    session.finish(one.id, by=BEN)
    assert body(session)[1] == "What Ben made of it." and len(body(session)) == 3


def test_every_field_can_be_edited_and_undone(session: Session) -> None:
    for field, text in (
        ("headline", "Another\nheadline"),
        ("summary", "Another summary."),
        ("tags", "bridge, ferry, "),
    ):
        session.edit(field, 0, text, base=session.view().revision.number, by=ANN)  # type: ignore[arg-type]
    take = session.view().take
    assert (take.headline, take.summary, take.tags) == ("Another headline", "Another summary.", ("bridge", "ferry"))
    for _ in range(3):
        session.undo(by=ANN)
    assert session.view().take == TAKE
    with pytest.raises(InputError, match="nothing to undo"):
        session.undo(by=ANN)
    redo = max(act.number for act in session.history() if act.kind == "undone")
    session.undo(by=ANN, act=redo)
    assert session.view().take.headline == "Another headline"


def test_undoing_never_takes_the_words_of_others(session: Session) -> None:
    session.edit("body", 0, "First by Ann.", base=1, by=ANN)
    session.edit("body", 0, "First by Ann, then Ben.", base=2, by=BEN)
    with pytest.raises(InputError, match="changed again since"):
        session.undo(by=ANN)
    assert body(session)[0] == "First by Ann, then Ben."
    session.edit("body", 1, "", base=3, by=ANN)
    session.undo(by=ANN)
    assert body(session) == ["First by Ann, then Ben.", *BODY.split("\n\n")[1:]]


def test_a_proposal_is_never_in_the_text_until_it_is_finished(session: Session) -> None:
    old = BODY.split("\n\n")[2]
    new = "The council must say why. Nobody outside knows what it is waiting for."
    one = session.propose("body", 2, new, base=1, by="openai:test", asked_by=ANN, note="sharper")
    assert len(one.pieces) >= 2 and session.view().take.body == BODY
    session.decide_piece(one.id, 1, "take", by=ANN)
    session.decide_piece(one.id, 2, "drop", by=ANN)
    assert session.view().take.body == BODY and session.view().revision.number == 1
    if session.view().proposals[0].undecided:
        with pytest.raises(InputError, match="not decided"):
            session.finish(one.id, by=ANN)
    for number in session.view().proposals[0].undecided:
        session.decide_piece(one.id, number, "drop", by=ANN)
    session.finish(one.id, by=ANN)
    assert body(session)[2] == old.replace("should", "must")
    assert session.view().revision.by == "openai:test" and not session.view().proposals
    session.undo(by=ANN)
    assert body(session)[2] == old and [p.id for p in session.view().proposals] == [one.id]


def test_dropping_a_rewrite_never_drops_hand_edits(session: Session) -> None:
    one = session.propose("body", 2, "All new words here.", base=1, by="openai:test", asked_by=ANN)
    session.edit("body", 2, "The council should say why, soon. Nobody knows what it waits for.", base=1, by=BEN)
    session.discard(one.id, by=ANN)
    assert body(session)[2].startswith("The council should say why, soon.")
    session.undo(by=ANN)
    assert [p.id for p in session.view().proposals] == [one.id]


def test_pieces_are_taken_around_hand_edits_and_refused_where_their_words_changed(session: Session) -> None:
    one = session.propose(
        "body", 2, "The council must say why. Nobody knows what it hopes for.", base=1, by="m", asked_by=ANN
    )
    session.edit("body", 2, "Today the council should say why. Nobody knows what it waits for.", base=1, by=BEN)
    for number in one.undecided:
        session.decide_piece(one.id, number, "take", by=ANN)
    session.finish(one.id, by=ANN)
    assert body(session)[2] == "Today the council must say why. Nobody knows what it hopes for."
    two = session.propose("body", 2, "Today the council might say why. Nobody knows what it hopes for.",
                          base=session.view().revision.number, by="m", asked_by=ANN)  # fmt: skip
    session.edit(
        "body", 2, "Today the council will say why. Nobody knows.", base=session.view().revision.number, by=BEN
    )
    session.decide_piece(two.id, 1, "take", by=ANN)
    with pytest.raises(InputError, match="changed in the meantime"):
        session.finish(two.id, by=ANN)


def test_a_claim_is_decided_only_while_its_evidence_is_shown(session: Session) -> None:
    rows = [row for row in session.view().claims if row.needed]
    with pytest.raises(InputError, match="Show its evidence first"):
        session.decide(rows[0].id, "right", by=ANN)
    session.show(rows[0].id, by=ANN)
    with pytest.raises(InputError, match="Show its evidence first"):
        session.decide(rows[0].id, "right", by=BEN)
    session.decide(rows[0].id, "right", by=ANN)
    for row in rows[1:]:  # a key held down: nothing else is decided
        with pytest.raises(InputError, match="Show its evidence first"):
            session.decide(row.id, "right", by=ANN)
    with pytest.raises(InputError, match="source is missing"):
        session.decide(rows[1].id, "source", by=ANN)
    session.show(rows[1].id, by=ANN)
    view = session.decide(rows[1].id, "source", by=ANN, source="Council minutes, 3 May, item 4")
    decision = view.claim(rows[1].id).decision
    assert decision is not None and decision.source.startswith("Council minutes")
    session.undo(by=ANN)
    assert session.view().claim(rows[1].id).decision is None


def test_one_row_is_answered_blind_and_shows_its_verdict_afterwards(session: Session) -> None:
    blind = [row for row in session.view().claims if row.blind]
    assert len(blind) == 1 and blind[0].claim.status == "not-checked" and not blind[0].claim.codes
    session.show(blind[0].id, by=ANN)
    view = session.decide(blind[0].id, "right", by=ANN)
    decision = view.claim(blind[0].id).decision
    assert decision is not None and decision.blind and not any(row.blind for row in view.claims)


def test_decisions_hold_for_unchanged_sentences_and_end_with_changed_ones(session: Session) -> None:
    decide_all(session)
    kept = {row.id for row in session.view().claims if row.decision}
    session.edit("body", 2, "The council should say why. It has until June.", base=1, by=ANN)
    rows = session.view().claims
    assert {row.id for row in rows if row.decision} == kept & {row.id for row in rows}
    changed = [row for row in rows if "June" in row.claim.text]
    assert changed and all(row.decision is None for row in changed)


def test_an_approval_needs_every_claim_and_error_and_any_change_ends_it(session: Session, desk: Desk) -> None:
    with pytest.raises(NotReady) as refused:
        session.approve(by=ANN)
    assert {one.kind for one in refused.value.blockers} >= {"claim", "error"}
    with pytest.raises(InputError, match="know who you are"):
        session.approve(by=" ")
    decide_all(session)
    view = session.approve(by=ANN, knowledge="Covered the harbour for ten years.", contact="desk@paper.example")
    assert view.state == "approved" and desk.queue(states=("approved",))[0].overrides >= 1
    for field, index in (("headline", 0), ("summary", 0), ("body", 1), ("tags", 0)):
        old = next(block.text for block in session.view().blocks if (block.field, block.index) == (field, index))
        session.edit(field, index, f"{old} more", base=session.view().revision.number, by=BEN)  # type: ignore[arg-type]
        assert session.view().state == "reopened" and not session.view().signed
        session.undo(by=BEN)
        assert session.view().state == "reopened"
        decide_all(session)
        session.approve(by=ANN)
    session.published(by=ANN, where="wordpress", remote="17", url="https://paper.example/p/17")
    assert session.view().state == "published"
    assert session.correct("The bridge will cost 40 million.", by=ANN).state == "corrected"
    assert [one.note for one in session.view().standing.corrections] == ["The bridge will cost 40 million."]
    session.kill(by=ANN, reason="Withdrawn")
    with pytest.raises(InputError, match="killed"):
        session.edit("headline", 0, "Back", base=session.view().revision.number, by=ANN)
    assert broken_at(session.history()) is None


def test_a_revision_written_elsewhere_reopens_and_is_an_act(session: Session, store: Store) -> None:
    old = store.draft("d1")
    assert old is not None
    decide_all(session)
    session.approve(by=ANN)
    take = TAKE.model_copy(update={"headline": "Rewritten by a model"})
    other = new_draft(take=take).revisions[0].model_copy(update={"number": 2})
    asyncio.run(store.save_draft(old.model_copy(update={"revisions": (*old.revisions, other), "chosen": 2})))
    assert session.view().state == "reopened" and session.view().take.headline == "Rewritten by a model"
    assert session.history()[-1].kind == "revised" and broken_at(session.history()) is None
    asyncio.run(store.save_draft(old.model_copy(update={"notes": ("priced",)})))
    assert session.view().state == "reopened"


def test_a_command_that_read_the_draft_earlier_reverts_no_edit(session: Session, store: Store, desk: Desk) -> None:
    old = store.draft("d1")
    assert old is not None
    session.edit("headline", 0, "By Ann", base=1, by=ANN)
    asyncio.run(store.save_draft(old.model_copy(update={"notes": ("priced",), "status": "failed"})))
    assert session.view().take.headline == "By Ann" and session.view().draft.notes == ("priced",)
    assert desk.queue()[0].headline == "By Ann" and desk.queue()[0].acts == 1


def test_two_people_have_to_sign_where_four_eyes_are_required(session: Session, desk: Desk) -> None:
    desk.four_eyes = True
    decide_all(session)
    assert session.approve(by=ANN).signed_once == (ANN,)
    with pytest.raises(InputError, match="already signed this text"):
        session.approve(by=ANN)
    assert session.view().state == "in_review" and not session.view().signed
    # What is decided after the first signature voids it.
    row = next(row for row in session.view().claims if row.needed)
    session.show(row.id, by=BEN)
    session.decide(row.id, "source", source="The minutes", by=BEN)
    assert session.approve(by=BEN).state == "in_review"
    assert session.approve(by=ANN).state == "approved"
    session.reopen(by=BEN)
    assert session.approve(by=ANN).state == "reopened"


def offered(session: Session) -> list[str]:
    """The articles that the first link of the body could lead to instead."""
    view = session.view()
    return [item.id for item in candidates(view.draft, view.take, "body", 0)]


def test_a_link_leads_to_the_next_candidate_and_keeps_its_words(session: Session) -> None:
    assert offered(session) == ["r2", "r3"]
    saved = session.swap_link("body", 0, base=1, by=ANN)
    assert (saved.links_before, saved.links_after) == (1, 1)
    assert "[What the ferry costs](https://paper.example/2)" in session.view().take.body
    assert offered(session) == ["r3", "r1"]
    session.undo(by=ANN)
    assert session.view().take.body == BODY
    lost = session.edit("body", 1, "We wrote about What the ferry costs.", base=3, by=ANN)
    assert (lost.links_before, lost.links_after) == (1, 0)


def test_a_draft_can_begin_from_a_take_that_people_wrote(desk: Desk) -> None:
    session = desk.begin(TAKE, SOURCE, by=ANN)
    assert session.view().state == "in_review" and session.history()[0].kind == "began"
    assert {row.draft_id for row in desk.queue()} == {"d1", session.draft_id}
    assert desk.counts() == {"draft": 1, "in_review": 1}
    assert [row.draft_id for row in desk.queue(search="BRIDGE wait")] == [row.draft_id for row in desk.queue()]
    assert desk.queue(search="100%") == []
    assert desk.open(session.draft_id[:5]).draft_id == session.draft_id


def test_a_report_without_claims_leaves_each_sentence_to_be_decided(session: Session) -> None:
    view = session.view()
    bare = view.revision.report.model_copy(update={"claims": (), "sentences": ()})
    claims = claims_of(bare, view.take)
    told = [one for one in claims if one.kind == "statement"]
    assert len(told) >= 4 and {one.status for one in told} == {"not-checked"}
    assert all(text_of(view.take, one.field)[one.start : one.end] == one.text for one in claims)


def test_the_whole_body_is_edited_at_once_and_keeps_what_others_changed(session: Session) -> None:
    paragraphs = BODY.split("\n\n")
    session.edit("body", 0, "Somebody else was here.", base=1, by="Bo Lind")
    typed = "\n\n".join([*paragraphs[:2], "Why so late?", "The council must say."])
    saved = session.edit("body", WHOLE, typed, base=1, by=ANN)
    assert (saved.status, saved.index) == ("saved", 2)
    now = ["Somebody else was here.", paragraphs[1], "Why so late?", "The council must say."]
    assert session.view().take.body.split("\n\n") == now
    clash = session.edit("body", WHOLE, typed.replace("🙂", ""), base=1, by=ANN)
    assert clash.status == "both" and session.view().take.body.split("\n\n") == now
    assert "Why so late?" in session.view().proposals[0].text
    with pytest.raises(InputError, match="would be empty"):
        session.edit("body", WHOLE, " ", base=2, by=ANN)


def test_a_finding_about_several_paragraphs_names_them(session: Session) -> None:
    rows = session.view().findings
    assert {row.several for row in rows} == {(), (0, 1, 2)}
    assert all(row.finding.text == BODY for row in rows if row.several)
