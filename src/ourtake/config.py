"""The settings, typed: the keys of ourtake.toml and their defaults. config_file.py reads them.

Order: flag, environment, file, default. Secrets are not settings: a provider reads its key from the environment when it
is built.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ourtake.text.encodings import text_encoding

CONFIG_NAME = "ourtake.toml"
DEFAULT_STORE = "sqlite:///ourtake.db"
DEFAULT_MODEL = "baseline"


def _named_model(spec: str) -> None:
    """Raises ValueError for what can't be a model: each is written as provider:model, but for the baseline."""
    provider, _, model = spec.partition(":")
    if spec != DEFAULT_MODEL and (provider == DEFAULT_MODEL or not provider or not model):
        right = '"openai:gpt-6.1-sol" or "anthropic:claude-sonnet-5-5"'
        raise ValueError(f'"{spec}" is not a model; write provider:model, such as {right}, or "{DEFAULT_MODEL}"')


class Section(BaseModel):
    """A table of ourtake.toml: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Publication(Section):
    """[publication]: who is speaking. The model is told this as the house voice.

    `archive_voice`: how a take refers to the authors of the archive's articles: "we", or the name of the organisation
    that published them. The name suits takes that address that organisation.
    """

    name: str = "Our publication"
    url: str = ""
    voice: str = "Clear, concrete and fair. Plain words, short sentences, no slogans."
    audience: str = "Readers who follow the subject and have little time."
    language: str = "en"
    archive_voice: str = "we"

    @field_validator("language")
    @classmethod
    def _is_code(cls, code: str) -> str:
        # Rules that read one language would not run for "English", and say only that they could not check.
        if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*", code):
            raise ValueError('must be the code of a language, such as "en" or "pt-BR"')
        return code


class Range(Section):
    """The range of a count, inclusive: outside low to high is a warning, outside floor to ceiling an error."""

    low: int = Field(ge=0)
    high: int = Field(ge=0)
    floor: int = Field(ge=0)
    ceiling: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.floor <= self.low <= self.high <= self.ceiling:
            raise ValueError("must satisfy floor <= low <= high <= ceiling")
        return self


Shape = Literal["claim", "scene", "objection", "documents", "question", "report"]
"""The ways to build a take; see writing/shapes.py."""
Closing = Literal["question", "demand", "line"]
"""How a take may end: an open question, a demand, a plain last line."""


class TakeShape(Section):
    """[take]: the form of a take. Counts are words, unless the name says otherwise.

    `short`: the body of a take on a story if only its blurb is known. `process`: "full" plans, writes and reads
    again; "quick" is one call. `plan_tokens`: how much of the texts a plan reads. `shapes`, `closing`: the ways in
    which takes may be built and end.
    """

    summary_words: Range = Range(low=55, high=90, floor=40, ceiling=120)
    paragraphs: Range = Range(low=4, high=5, floor=3, ceiling=7)
    body_words: Range = Range(low=520, high=720, floor=400, ceiling=950)
    paragraph_words: Range = Range(low=90, high=200, floor=50, ceiling=260)
    links: Range = Range(low=3, high=5, floor=3, ceiling=8)
    links_per_target: int = Field(default=1, ge=1)
    tags: Range = Range(low=4, high=12, floor=1, ceiling=20)
    short: Range = Range(low=200, high=300, floor=120, ceiling=400)
    process: Literal["full", "quick"] = "full"
    plan_tokens: int = Field(default=16_000, ge=1_000)
    shapes: Annotated[tuple[Shape, ...], Field(min_length=1)] = (
        "claim",
        "scene",
        "objection",
        "documents",
        "question",
    )
    closing: Annotated[tuple[Closing, ...], Field(min_length=1)] = ("question", "demand", "line")

    def with_links_to(self, articles: int) -> TakeShape:
        """The same with no more links than there are articles that a take can rest on; one may be made anyway."""
        links, most = self.links, articles * self.links_per_target
        low, high = min(links.low, most), min(links.high, max(most, 1))
        return self.model_copy(
            update={"links": Range(low=low, high=high, floor=min(links.floor, low), ceiling=links.ceiling)}
        )

    def shortened(self) -> TakeShape:
        """The form of a short take."""
        half = {
            "summary_words": Range(low=30, high=90, floor=20, ceiling=120),
            "paragraphs": Range(low=2, high=3, floor=1, ceiling=4),
            "body_words": self.short,
            "paragraph_words": Range(low=60, high=150, floor=40, ceiling=200),
        }
        return self.model_copy(update=half)


class CompatibleServer(Section):
    """[models.NAME]: a server with OpenAI's chat completions API.

    `output`: how a take is asked for; "auto" finds out. `context_tokens`: the size of its context window (0: unknown);
    a prompt that can't fit is not sent.
    """

    base_url: str = Field(pattern=r"^https?://[^/?#\s][^?#\s]*$")
    api_key_env: str = ""
    context_tokens: int = Field(default=0, ge=0)
    output: Literal["auto", "schema", "json", "text"] = "auto"


class Limits(Section):
    """[models.limits.NAME]: limits for the calls to a provider, or to one of its models. 0: only the limits that the
    provider's answers state. `usd_per_day`: what these calls may cost in a day (UTC), by everybody who uses the store.
    """

    concurrency: int = Field(default=0, ge=0)
    requests_per_minute: int = Field(default=0, ge=0)
    tokens_per_minute: int = Field(default=0, ge=0)
    usd_per_day: Decimal | None = Field(default=None, ge=0)


Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class Models(Section):
    """[models]: the default model, or several to fall back on in order, and the limits of a call (seconds, tokens,
    tries).

    `temperature` and `effort` are sent where the model accepts them. `next_on_refusal`: after a refusal or a content
    filter, the next model is asked.
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

    @field_validator("default")
    @classmethod
    def _are_models(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for spec in (value,) if isinstance(value, str) else value:
            _named_model(spec)
        return value

    @property
    def in_order(self) -> tuple[str, ...]:
        """The default models, in the order in which they are asked."""
        return (self.default,) if isinstance(self.default, str) else self.default


class Checks(Section):
    """[checks]: which rules run, and their severity.

    `per_file_ignores`: rules that don't run on files whose path fits a pattern ("drafts/**"), as written from the
    folder of ourtake.toml. `drafting`: the rules that a draft is checked and repaired by, where those are not all
    that `check` runs. `names`: names that need no document, such as the publication's own. `verifier`: the model
    (provider:model) that reads the claims that code does not settle; "auto": the model that writes, or for `check` the
    first of [models] default. "off": none.
    """

    severity: dict[str, Literal["error", "warning", "info"]] = Field(default_factory=dict)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    drafting: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    verifier: str = "auto"

    @field_validator("verifier")
    @classmethod
    def _is_a_model(cls, value: str) -> str:
        if value not in ("auto", "off"):
            _named_model(value)
        return value


class HouseRule(Section):
    """A house rule: a phrase (words; (this|that) for either, _ for any word) or a pattern (a regular expression).

    `tolerated`: how often it may occur in a take.
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
            raise ValueError(f"the pattern is not a regular expression: {error}") from error
        return self


class Style(Section):
    """[style]: house rules, here or in files beside ourtake.toml; the longest sentence, in words; how often a take may
    say "not X but Y"; whether the built-in stock phrases and proselint's checks are used.
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


class Repair(Section):
    """[repair]: which findings a repair call is made for: those about what may be untrue ("facts"), or also style, form
    and copying ("all").
    """

    for_: Literal["facts", "all"] = Field(default="facts", alias="for")


class Budget(Section):
    """[budget]: model calls for a draft, repairs included; US dollars for a draft, a run and a day (UTC)."""

    calls_per_draft: int = Field(default=12, ge=1)
    usd_per_draft: Decimal | None = Field(default=None, ge=0)
    usd_per_run: Decimal | None = Field(default=None, ge=0)
    usd_per_day: Decimal | None = Field(default=None, ge=0)


class Price(Section):
    """[prices."provider:model"]: US dollars per million tokens.

    `cached_input`: for input read from the provider's cache; by default as for input.
    """

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    cached_input: Decimal | None = Field(default=None, ge=0)


Group = Literal[
    "words", "titles", "phrases", "tags", "recency", "popularity", "similar", "together", "feedback", "meaning"
]
"""The groups of signals of archive/rank.py."""


class Lookup(Section):
    """[lookup]: how related articles are found.

    `offered`: how many are offered. `threshold`: the score, 0 to 1, that the best one must reach; others are offered if
    they reach 0.55 of it. `diversity`: how many points an article loses if it resembles one that is already offered (0:
    none). `without`: groups of signals to switch off. `embeddings`: a model (openai:MODEL, NAME:MODEL of [models.NAME],
    local:MODEL; empty: none).
    """

    offered: int = Field(default=8, ge=1, le=50)
    threshold: float = Field(default=0.36, ge=0, le=1)
    diversity: float = Field(default=2.0, ge=0, le=10)
    without: tuple[Group, ...] = ()
    embeddings: str = ""


class Intake(Section):
    """[intake]: how addresses are read.

    `allow_hosts`: your own hosts ("host" or "host:port") that may be in a private network. `wordpress_types`: further
    types of a WordPress export's items that are articles. `permalink`: the pattern of a folder's addresses.
    `title_keys`, `date_keys`: further keys of front matter that hold a title, or the day of publication. `encoding`:
    that of files that are not UTF-8 and don't name their own.
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
    wordpress_types: tuple[str, ...] = ()
    permalink: str = ""
    title_keys: tuple[str, ...] = ()
    date_keys: tuple[str, ...] = ()
    encoding: str = ""

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        known = text_encoding(name) if name else ""
        if known is None:
            raise ValueError(f"there is no encoding {name[:40]!r}; name one such as cp1251 or gb18030")
        return known


class PublishSite(Section):
    """[publish.NAME]: a site that `ourtake export --to NAME` publishes to.

    `to`: its content management system; by default NAME. `url`: the address of its home page. `user`: the user name at
    WordPress. `secret_env`: the environment variable with the application password (WordPress) or the Admin API key
    (Ghost). `status`: what a new post becomes there; an update leaves the status as it is.
    """

    to: Literal["wordpress", "ghost"]
    url: str = Field(pattern=r"^https?://[^/?#@\s]+[^?#@\s]*$")
    user: str = ""
    secret_env: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    status: Literal["draft", "publish"] = "draft"
    timeout_seconds: float = Field(default=30, gt=0)

    @model_validator(mode="after")
    def _complete(self) -> PublishSite:
        if self.to == "wordpress" and not self.user:
            raise ValueError("a WordPress site needs user, the name of the user who publishes")
        host = urlsplit(self.url).hostname or ""
        if self.url.startswith("http://") and not (host == "localhost" or host.startswith("127.") or host == "::1"):
            raise ValueError("url must begin with https://, otherwise others could read the secret on its way")
        return self


class Review(Section):
    """[review]: the editor's desk.

    `editor`: who acts, if neither --as nor OURTAKE_EDITOR names anybody. `contact`: how readers can reach the person
    responsible (an address or a page). `four_eyes`: two different people have to sign. `public_keys`: keys whose
    records `verify` trusts, in base64, besides this computer's own.
    """

    editor: str = ""
    contact: str = ""
    four_eyes: bool = False
    public_keys: tuple[str, ...] = ()


class WatchFeed(Section):
    """[[watch.feeds]] and [[watch.sitemaps]]: one feed or sitemap that is polled. `outlet`: whose stories it has; by
    default its host. `beats`: the beats that its stories may belong to; empty: all.
    """

    url: str
    outlet: str = ""
    beats: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _address(self) -> WatchFeed:
        if not re.fullmatch(r"https?://[^\s/]\S*", self.url):
            raise ValueError("url must be a web address, such as https://paper.example/feed.xml")
        return self


class Watch(Section):
    """[watch]: other outlets' feeds, and what is done with their new stories.

    `do`: whether a chosen story is planned (angles, no take) or drafted. `stories_a_day`, `usd_per_day`: how many
    stories are chosen in a day (UTC), and what they may cost. `threshold`: the score, 0 to 1, that a story must reach.
    `max_age_hours`: older stories are skipped. `pages`: whether the page of a chosen story is read. `recheck_days`: for
    this many days its page is read again for corrections, every `recheck_hours`. `beats`: the words of each beat; a
    beat without words gets all stories from the feeds that name it.
    """

    do: Literal["plan", "draft"] = "plan"
    every_minutes: float = Field(default=15, gt=0)
    stories_a_day: int = Field(default=5, ge=0)
    usd_per_day: Decimal | None = Field(default=None, ge=0)
    threshold: float = Field(default=0.5, ge=0, le=1)
    max_age_hours: float = Field(default=48, gt=0)
    pages: bool = True
    recheck_days: int = Field(default=14, ge=0)
    recheck_hours: float = Field(default=6, ge=0)
    hosts_at_once: int = Field(default=64, ge=1, le=500)
    beats: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    feeds: tuple[WatchFeed, ...] = ()
    sitemaps: tuple[WatchFeed, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Watch:
        rows = (*self.feeds, *self.sitemaps)
        unknown = sorted({beat for row in rows for beat in row.beats} - self.beats.keys())
        if unknown:
            raise ValueError(f"the beat {unknown[0]} is not in [watch.beats]; add it there, with [] for all stories")
        urls = [row.url for row in rows]
        twice = sorted({url for url in urls if urls.count(url) > 1})
        if twice:
            raise ValueError(f"{twice[0]} appears twice")
        return self


class Settings(Section):
    """All settings of ourtake.toml; `folder` is the folder of the file."""

    publication: Publication = Publication()
    take: TakeShape = TakeShape()
    models: Models = Models()
    checks: Checks = Checks()
    style: Style = Style()
    topic: Topic = Topic()
    repair: Repair = Repair()
    budget: Budget = Budget()
    prices: dict[str, Price] = Field(default_factory=dict)
    lookup: Lookup = Lookup()
    intake: Intake = Intake()
    publish: dict[str, PublishSite] = Field(default_factory=dict)
    review: Review = Review()
    watch: Watch = Watch()
    store: str = DEFAULT_STORE
    folder: Path = Field(default=Path("."), exclude=True)
