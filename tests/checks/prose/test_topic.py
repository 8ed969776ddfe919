"""TOP: promotion and tags; the paragraphs' rule has its table row and the benchmark of the checks."""

import pytest

from ourtake.checks.base import Case, CheckContext, Example
from ourtake.checks.examples import PARAGRAPHS, SOUND, build
from ourtake.checks.prose.promotion import promotion
from ourtake.checks.prose.topic import off_topic_paragraph, tag_not_in_vocabulary, tag_not_supported
from ourtake.config import Publication, Settings, Topic


def sold(body: str, settings: Settings | None = None) -> list[str]:
    case = build(Example(body=body, settings=settings))
    return [case.text(hit.field)[hit.start : hit.end] for hit in promotion(case) if hit.field == "body"]


@pytest.mark.parametrize(
    "body",
    [
        "Members get 20 per cent off the annual plan.",
        "At Lantern Quarter we help firms to do just that.",
        "Our own Gridbook makes this easy.",
        "Share this article with a friend.",
        "It was made possible by our sponsors, whose products we like.",
        "Sign up to our weekly newsletter.",
        "Get your tickets now for the conference.",
        "Tools like ours make this plain.",
        "Sign up for our newsletter today.",
        "Subscribe to get a letter each week.",
        "Our platform shows where a number came from.",
        "Traditional spreadsheet approaches, even with clever add-ons, struggle to provide the visibility that is "
        "wanted.",
        "There is a need for tools that show where data came from.",
        "That is where Tellsheet comes in.",
        "Book a demo with the team.",
        "Readers can sign up for it here.",
    ],
)
def test_pitches_are_found(body: str) -> None:
    assert sold(body)


@pytest.mark.parametrize(
    "body",
    [
        "Our report on the dock said so, and our archive holds the letters.",
        "Residents who subscribed to the scheme signed up in May.",
        'The firm wrote: "Sign up for our platform today."',
        "The council's old system can't keep a list. The need for a table is plain.",
        "Members of the co-operative get a share of what the sun brings, and readers get our notes.",
        "The council joined a mailing list. Its own new meters will help.",
        "That is where Ferrow comes in. Its halls draw a lot.",
        "We built this account from letters. We make no claim beyond it.",
    ],
)
def test_reporting_is_no_pitch(body: str) -> None:
    assert sold(body) == []


def test_a_paragraph_that_says_a_name_or_long_figure_of_the_documents_is_on_topic() -> None:
    sound = build(SOUND)
    counted = sound.related[0].model_copy(
        update={"text": " ".join(PARAGRAPHS) + " The Tolland Weir Society counted 194,301 kettles."}
    )
    stray = (
        "Beekeepers feed syrup before the frost. A colony that hums at midwinter may be silent by springtime, with "
        "honey left in the comb, and mice "
        "nest beneath the straw while the queen starves. Grandmother wrapped hives in sacking and whistled to them on "
        "Sundays."
    )

    def told(body: str) -> list[str]:
        case = Case(
            sound.take.model_copy(update={"body": body}), CheckContext(sound.source, (counted, *sound.related[1:]))
        )
        return [case.text(hit.field)[hit.start : hit.end] for hit in off_topic_paragraph(case)]

    assert told(stray) == [stray]
    assert told(stray + " So did the Tolland Weir Society.") == []
    assert told(stray + " So did 194,301 others.") == []
    # A last paragraph, which asks what is still open, may ask it from further off.
    rather = stray + " The regulator asked about electricity, halls, wires, kitchens and pumps."
    assert told(f"{rather}\n\nWho waits?") == [rather]
    assert told(f"Who waits?\n\n{rather}") == []


def test_own_products_are_known_by_name() -> None:
    given = Settings(
        publication=Publication(name="Lantern Quarter"), topic=Topic(products=("Gridbook", "Ferrow Compute"))
    )
    assert sold("GRIDBOOK would have shown it, as Ferrow Compute did.", given) == ["GRIDBOOK"]
    assert sold("Lantern Quarter Plus would have shown it. Lantern Quarter said so.", given) == ["Lantern Quarter Plus"]


@pytest.mark.parametrize(
    ("tag", "supported"),
    [
        ("electricity", True),
        ("regulators", True),
        ("regulation", True),
        ("grid costs", True),
        ("real-time data collaboration", False),
        ("financial modeling with spreadsheets", False),
        ("opera", False),
        ("wedding photography", False),
        ("2026", False),
    ],
)
def test_tags(tag: str, supported: bool) -> None:
    case = build(Example(tags=("towns", tag)))
    assert [case.text("tags")[hit.start : hit.end] for hit in tag_not_supported(case)] == ([] if supported else [tag])


def test_a_common_topic_is_supported_by_the_words_of_its_stories() -> None:
    told = "The council's clerk wrote to the mayor, and two councillors answered from the parish."
    assert list(tag_not_supported(build(Example(tags=("local government",), body=told)))) == []
    assert list(tag_not_supported(build(Example(tags=("public transport",), body=told))))


def test_a_short_tag_does_not_stand_in_a_longer_word() -> None:
    assert list(tag_not_supported(build(Example(tags=("opera",), body="The operators operate it."))))


@pytest.mark.parametrize(
    ("tag", "body"),
    [
        ("artificial intelligence", "What AI does is unclear."),
        ("FOI", "A freedom of information request."),
        ("OpenSource", "It is open source."),
        ("data centres", "The datacentres hum."),
    ],
)
def test_short_forms_support_a_tag(tag: str, body: str) -> None:
    assert list(tag_not_supported(build(Example(tags=(tag,), body=body)))) == []


def test_a_related_articles_own_tag_is_supported() -> None:
    sound = build(SOUND)
    related = (sound.related[0].model_copy(update={"tags": ("opera",)}),)
    take = sound.take.model_copy(update={"tags": ("Opera",)})
    case = Case(take, CheckContext(sound.source, related, sound.settings))
    assert list(tag_not_supported(case)) == []


def test_the_vocabulary_names_the_nearest() -> None:
    given = Settings(topic=Topic(vocabulary=("electricity", "towns")))
    (hit,) = tag_not_in_vocabulary(build(Example(tags=("Towns", "electrics"), settings=given)))
    assert hit.message.endswith("the nearest in it is electricity.")
    assert list(tag_not_in_vocabulary(build(SOUND))) == []
