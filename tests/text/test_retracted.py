"""An article that was retracted says so of itself; a story about a retraction doesn't."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ourtake.text.retracted import BEGINNING, keys_that_say, retraction

STORY = "The port chief took payments, an audit says. He denies it."
TITLES = [
    "RETRACTED: Port chief took bribes",
    "RETRACTED ARTICLE: Port chief took bribes",
    "RETRACTED Port chief took bribes",
    "WITHDRAWN: Port chief took bribes",
    "WITHDRAWN \u2013 Port chief took bribes",
    "Port chief took bribes [RETRACTED]",
    "Port chief took bribes (retracted)",
    "[Withdrawn] Port chief took bribes",
    "(Retracted article) Port chief took bribes",
    "Port chief took bribes \u2014 RETRACTED",
    "RETRACTED",
]
HONEST_TITLES = [
    "Retracted: inside the paper mills that flood science",
    "Retracted \u2014 what a journal owes its readers",
    "\u201cRetracted\u201d: a word that ends careers",
    "\u201cRETRACTED\u201d: a word that ends careers",
    "Withdrawn: how the army left Kabul",
    "The journal retracted its study",
    "The study (retracted last year) that started it",
    "RETRACTED: INSIDE THE PAPER MILLS",
    "How one study was RETRACTED",
]
NOTICES = [
    f"This article has been retracted. {STORY}",
    f"This article was retracted on 3 May. {STORY}",
    f"This story has now been retracted. {STORY}",
    f"This article, published in May, has been retracted. {STORY}",
    f"This essay has been retracted. {STORY}",
    f"This article was retracted yesterday. {STORY}",
    f"This article was retracted in 2024. {STORY}",
    f"This article has been\nretracted because it\nwas false.\n\n{STORY}",
    f"We are retracting this article. {STORY}",
    f"{STORY}\n\nThis story has been withdrawn at the request of its author.\n\n{STORY}",
    f"The Herald\u2019s editors.\n\nThe Herald withdraws this interview.\n\n{STORY}",
    f"[This article has been retracted.]\n\n{STORY}",
    f"By Ann Reed\r\n\r\nThis article has been retracted.\r\n\r\n{STORY}",
    f"This article published on 3 May 2025 has been retracted. {STORY}",
    f"This article, first published on 3 May under the headline \u201cThe port\u201d, has been retracted. {STORY}",
    f"Editors' note (3 May): We have retracted this story about payments. We are sorry.\n\n{STORY}",
    f"Editor's Note, 3 May 2026: this report was withdrawn on Monday.\n\n{STORY}",
    f"This report has been retracted. {STORY}",
    f"This investigation has been retracted. {STORY}",
    f"The Herald has retracted this article. {STORY}",
    f"Herald has since withdrawn this story because its claim was false. {STORY}",
    f"We have retracted this article. {STORY}",
    f"We have removed this article. {STORY}",
    f"We are sorry.\n\nWe have removed this article after a complaint.\n\n{STORY}",
    f"**This article was withdrawn on 20 March because its claim was false.**\n\n{STORY}",
    f"Editor's note: we have since retracted this story.\n\n{STORY}",
    f"**Editor\u2019s note:** This article was withdrawn. We are sorry.\n\n{STORY}",
    f"By Ann Reed\n\nNote: This article has been retracted. We are sorry.\n\n{STORY}",
    f"By Ann Reed\n\nThis article has been retracted.\n\n{STORY}",
    f"By Ann Reed.\nThis article has been retracted.\n{STORY}",
    f"# Port chief\n\nThis article has been retracted. We are sorry.\n\n{STORY}",
    f"A\n\nThis article has been retracted. We are sorry.\n\n{STORY}",
    f"> This article has been retracted.\n\n{STORY}",
    f"This article was withdrawn at the request of its author. {STORY}",
    f"This article was withdrawn by its author. {STORY}",
    f"RETRACTED\n\n{STORY}",
    f"By Ann Reed\n**RETRACTED**\n{STORY}",
    f"{STORY}\n\nWITHDRAWN\n\n{STORY}",
]
HONEST = [
    "On Monday the Times ran a story on the port. This story was retracted two days later, and nobody noticed.",
    "On Monday the Times ran a story.\n\nThis story was retracted two days later, and nobody noticed.",
    "\u201cThis article has been retracted,\u201d says a red line on the page of the journal.",
    "\u201cWe have retracted this story,\u201d the Star wrote on Friday.",
    '"This article was withdrawn."',
    "When the following story was retracted, nobody told its readers.",
    "If this article was retracted, would we say so?",
    "Would we say so if this article was retracted?",
    "This article has been retracted?",
    "The bill described in this article was withdrawn by the minister.",
    "The petition in this post was withdrawn on Friday.",
    "The vase is Ming. This piece was withdrawn from the sale.",
    "This piece was withdrawn from the sale at noon.",
    "Article 5 bound all members. This article was withdrawn in 1998.",
    "Article 5 bound all members.\n\nThis article was withdrawn in 1998.",
    "Correction: an earlier version of this article was withdrawn",
    "Editor's note: an earlier version of this article was withdrawn.",
    "Note: a chart in this article has been retracted.",
    "The chair is empty. This post was withdrawn by the council",
    "This post was withdrawn by the council.",
    # It may be a job: the docstring of retracted.py names what is not decided.
    f"This post was withdrawn. {STORY}",
    f"{STORY}\n\nThis story was retracted on 3 May.",
    "The journal's page now says:\n\nThis article has been retracted.",
    "The journal's page has a red box.\n\n> This article has been retracted.",
    "The stamp on it says:\n\nRETRACTED",
    "The Star has retracted this article. The Herald stands by its own.",
    "This article has not been retracted.",
    "The minister has a report.\n\nThis report was withdrawn on Monday.",
    "The minister has a report.\nThis report was withdrawn on Monday.\nNobody knows why.",
    "This story, the Star says, was retracted on Friday.",
    "This story of a study that has been retracted begins in Leiden.",
    "We withdrew this piece from the auction on Friday. It is Ming.",
    "We have removed this article's second paragraph.",
    "The council's report was withdrawn on Monday, and this article says why.",
    "The journal has retracted a study. It said the data was false.",
    "He sent it to the editor and\nThis article has been retracted was the\nanswer.",
    f"{'The port chief took no bribes. ' * (BEGINNING // 30)}\n\n{STORY}\n\nThis article was withdrawn.",
]
KEYS: list[dict[str, Any]] = [
    {"retracted": True},
    {"Retracted": "yes"},
    {"retracted": 1},
    {"retracted": "true"},
    {"withdrawn": "2026-05-01"},
    {"withdrawn": datetime.date(2026, 5, 1)},
    {"Status": "Retracted"},
    {"state": "withdrawn"},
]
_OTHER: tuple[object, ...] = ([], {}, None, "null", "n/a", 0.0, 0, "no", "", False, "off", "never", ["x"])
LOOSE: list[dict[str, Any]] = [{"retracted": value} for value in _OTHER] + [
    {"withdrawn": "no"},
    {"status": "published"},
    {"status": "draft"},
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_that_says_so(title: str) -> None:
    assert retraction(title, STORY) == title


@pytest.mark.parametrize("text", NOTICES)
def test_a_notice(text: str) -> None:
    said = retraction("A", text, {}, publication="The Herald")
    assert said and len(said) < 90 and "port chief" not in said


@pytest.mark.parametrize("keys", KEYS)
def test_a_key_that_says_so(keys: dict[str, Any]) -> None:
    assert retraction("A", STORY, keys) and keys_that_say(keys | {"slug": "a"}) == keys


@pytest.mark.parametrize("title", HONEST_TITLES)
def test_a_title_about_a_retraction(title: str) -> None:
    assert retraction(title, STORY) == ""


@pytest.mark.parametrize("text", HONEST)
def test_a_text_about_a_retraction(text: str) -> None:
    assert retraction("A", text, {}, publication="The Herald") == ""


@pytest.mark.parametrize("keys", LOOSE)
def test_a_key_that_does_not_say_so(keys: dict[str, Any]) -> None:
    assert retraction("A", STORY, keys) == ""


def test_the_article_itself_overrules_every_guess() -> None:
    notice = f"This article has been retracted. {STORY}"
    assert retraction("RETRACTED: A", notice)
    for no in (False, "false", "no", 0):
        assert retraction("RETRACTED: A", notice, {"retracted": no}) == ""
    assert keys_that_say({"retracted": False, "status": "published"}) == {"retracted": False}


def test_the_words_are_those_of_the_article() -> None:
    assert (
        retraction("A", f"**This article was retracted on 3 May.** {STORY}") == "This article was retracted on 3 May."
    )
    assert retraction("A", STORY, {"status": "retracted"}) == "status: retracted"
    assert retraction("A", STORY, {"Retracted": True}) == "Retracted: true"
