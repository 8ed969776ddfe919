"""The settings, typed: what may stand in ourtake.toml, and the defaults. config_file.py reads them.

Order: flag, environment, file, default. Secrets are never read here: a provider reads its own key from the environment
when it is built.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

CONFIG_NAME = "ourtake.toml"
DEFAULT_STORE = "sqlite:///ourtake.db"
DEFAULT_MODEL = "baseline"


class Section(BaseModel):
    """A table of ourtake.toml: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Publication(Section):
    """Who is speaking: shown to the model as house voice."""

    name: str = "Our publication"
    url: str = ""
    voice: str = "Clear, concrete and fair. Plain words, short sentences, no slogans."
    audience: str = "Readers who follow the subject and have little time."
    language: str = "en"


class Range(Section):
    """Where a measure should lie (low to high, else a warning) and where it must lie (floor to ceiling, else an error).
    Counts, inclusive.
    """

    low: int = Field(ge=0)
    high: int = Field(ge=0)
    floor: int = Field(ge=0)
    ceiling: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.floor <= self.low <= self.high <= self.ceiling:
            raise ValueError("must satisfy floor <= low <= high <= ceiling")
        return self


class TakeShape(Section):
    """The form of a take; words except where the name says otherwise."""

    summary_words: Range = Range(low=55, high=90, floor=40, ceiling=120)
    paragraphs: Range = Range(low=4, high=5, floor=3, ceiling=7)
    body_words: Range = Range(low=520, high=720, floor=400, ceiling=950)
    paragraph_words: Range = Range(low=90, high=200, floor=50, ceiling=260)
    links: Range = Range(low=3, high=5, floor=3, ceiling=8)
    links_per_target: int = Field(default=1, ge=1)
    tags: Range = Range(low=4, high=12, floor=1, ceiling=20)


class CompatibleServer(Section):
    """[models.NAME]: a server that speaks OpenAI's chat completions. `output` says how a take is asked for; auto finds
    out.

    `context_tokens`: the size of its context window; a prompt that can't fit is not sent. 0: not known.
    """

    base_url: str = Field(pattern=r"^https?://[^/?#\s][^?#\s]*$")
    api_key_env: str = ""
    context_tokens: int = Field(default=0, ge=0)
    output: Literal["auto", "schema", "json", "text"] = "auto"


class Limits(Section):
    """[models.limits.NAME]: how hard a provider may be asked; 0 leaves it to the limits that its answers tell of."""

    concurrency: int = Field(default=0, ge=0)
    requests_per_minute: int = Field(default=0, ge=0)
    tokens_per_minute: int = Field(default=0, ge=0)


Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class Models(Section):
    """[models]: the default model, or models in the order in which they are asked, and the limits of a call (seconds,
    tokens, tries).

    `temperature` and `effort` are sent where the model takes them. `next_on_refusal`: a refusal or a content filter too
    asks the next model.
    """

    default: str | Annotated[tuple[str, ...], Field(min_length=1)] = DEFAULT_MODEL
    deadline_seconds: float = Field(default=180, gt=0)
    max_output_tokens: int = Field(default=6000, gt=0)
    tries: int = Field(default=4, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    effort: Effort | None = None
    next_on_refusal: bool = False
    batch_poll_seconds: float = Field(default=30, gt=0)
    limits: dict[str, Limits] = Field(default_factory=dict)
    servers: dict[str, CompatibleServer] = Field(default_factory=dict)

    @property
    def in_order(self) -> tuple[str, ...]:
        """The default models, the first to be asked first."""
        return (self.default,) if isinstance(self.default, str) else self.default


class Checks(Section):
    """[checks]: which rules run and how hard they bite; `drafting`: the rules that a draft is written and mended by,
    where those are not all that `check` runs; `names` of the publication's own world that need no document; `judge`: a
    model (provider:model) that says, sentence by sentence, what bears out a draft, beside the words that the sentences
    share with the documents.
    """

    severity: dict[str, Literal["error", "warning", "info"]] = Field(default_factory=dict)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    drafting: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    judge: str = ""


class HouseRule(Section):
    """One rule of the publication's own: a phrase (words; (this|that) for either, _ for any word) or a pattern (a
    regular expression).

    `tolerated`: how often it may stand in a take.
    """

    phrase: str = ""
    pattern: str = ""
    reason: str = ""
    suggestion: str = ""
    tolerated: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _one_of_both(self) -> HouseRule:
        if bool(self.phrase.strip()) == bool(self.pattern):
            raise ValueError("give either phrase or pattern")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"the pattern is no regular expression: {error}") from error
        return self


class Style(Section):
    """[style]: the publication's own rules, here or in files beside ourtake.toml; words that a sentence may have; how
    many "not X but Y" a take may have; whether the shipped stock phrases and proselint's checks run.
    """

    rules: tuple[HouseRule, ...] = ()
    files: tuple[str, ...] = ()
    sentence_words: int = Field(default=55, ge=10)
    contrasts: int = Field(default=1, ge=0)
    stock_phrases: bool = True
    proselint: bool = False


class Topic(Section):
    """[topic]: the publisher's products, which a take may not promote, and the tags that may be used (empty: any)."""

    products: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()


class Budget(Section):
    """[budget]: model calls one draft may take, repairs included; US dollars that a draft, a run and a day (UTC) may
    cost.
    """

    calls_per_draft: int = Field(default=6, ge=1)
    usd_per_draft: Decimal | None = Field(default=None, ge=0)
    usd_per_run: Decimal | None = Field(default=None, ge=0)
    usd_per_day: Decimal | None = Field(default=None, ge=0)


class Price(Section):
    """[prices."provider:model"]: US dollars a million tokens. `cached_input`: input read from the provider's cache;
    else as input.
    """

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    cached_input: Decimal | None = Field(default=None, ge=0)


Group = Literal[
    "words", "titles", "phrases", "tags", "recency", "popularity", "similar", "together", "feedback", "meaning"
]
"""The groups of signals of archive/rank.py."""


class Lookup(Section):
    """[lookup]: how many articles are offered, the score that one must reach for anything to be related (0 to 1; others
    beside it from 0.55 of it), how much one that is like another loses (0: nothing), groups of signals to switch off, a
    model of embeddings (openai:MODEL, NAME:MODEL of [models.NAME], local:MODEL; empty: none).
    """

    offered: int = Field(default=8, ge=1, le=50)
    threshold: float = Field(default=0.36, ge=0, le=1)
    diversity: float = Field(default=2.0, ge=0, le=10)
    without: tuple[Group, ...] = ()
    embeddings: str = ""


class Intake(Section):
    """[intake]: how addresses are read. `allow_hosts` names hosts of yours ("host" or "host:port") that may lie in a
    private network.
    """

    allow_hosts: tuple[str, ...] = ()
    seconds_between_requests: float = Field(default=1.0, ge=0, le=3600)
    timeout_seconds: float = Field(default=30, gt=0)
    max_megabytes: float = Field(default=50, gt=0)
    max_redirects: int = Field(default=5, ge=0, le=20)
    max_pages: int = Field(default=100_000, ge=1)
    robots: bool = True
    feed_pages: Literal["auto", "always", "never"] = "auto"
    wordpress_pages: bool = False


class Settings(Section):
    """Everything ourtake.toml can say."""

    publication: Publication = Publication()
    take: TakeShape = TakeShape()
    models: Models = Models()
    checks: Checks = Checks()
    style: Style = Style()
    topic: Topic = Topic()
    budget: Budget = Budget()
    prices: dict[str, Price] = Field(default_factory=dict)
    lookup: Lookup = Lookup()
    intake: Intake = Intake()
    store: str = DEFAULT_STORE
    folder: Path = Field(default=Path("."), exclude=True)
