"""Eleventy: the input folder, directory data files, permalinks with templates, pathPrefix."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ourtake.intake.dates import read_date
from ourtake.intake.sites.base import Post, Site, aliases_of, day_of_name, rooted, stem, within, without_day
from ourtake.intake.sites.permalink import slug_of
from ourtake.intake.sites.settings import first_of, object_at, script_object, script_of, script_value, table_of

_SITE_FILES = ("site", "metadata", "meta", "config")
_EXPRESSION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_MARKS = {
    "%Y": "year",
    "%m": "month",
    "%d": "day",
    "yyyy": "year",
    "LL": "month",
    "MM": "month",
    "dd": "day",
    "DD": "day",
    "YYYY": "year",
}


class EleventySite(Site):
    """See sites/base.py."""

    builder = "Eleventy"
    marks = (
        ".eleventy.js",
        "eleventy.config.js",
        "eleventy.config.mjs",
        "eleventy.config.cjs",
        "eleventy.config.ts",
    )

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        script = script_of(first_of(folder, *self.marks))
        folders = script_object(script, "dir")
        named = re.search(r"setInputDirectory\(\s*[\"'`]([^\"'`]+)", script)
        self._input = Path(named[1] if named else script_value(folders, "input") or ".")
        self._data = Path(script_value(folders, "data") or "_data")
        self._output = script_value(folders, "output") or "_site"
        self._global = _site_data(folder / self._input / self._data)
        prefix = (script_value(script, "pathPrefix") or "").strip("/")
        self.url = (
            f"{_site_address(self._global).rstrip('/')}/{prefix}".rstrip("/")
            if _site_address(self._global) or prefix
            else ""
        )
        self._known: dict[Path, dict[str, Any]] = {}

    def defaults(self, file: Path) -> dict[str, Any]:
        """The data of the folders above, of the nearest last, then those of the file's own data file."""
        found: dict[str, Any] = {}
        for folder in reversed(file.parents):
            found |= self._data_beside(folder, folder.name or self._input.name)
        return found | self._data_beside(file.parent, stem(file))

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The page of a file in the input folder."""
        name = stem(file)
        inside = within(file, self._input)
        why_not = ""
        if inside is None or file.parts[:1] in ((self._output,), ("node_modules",)):
            why_not = "not in the site's input folder."
        elif "_includes" in file.parts or "_data" in file.parts:
            why_not = "a template, not a page."
        elif front.get("eleventyExcludeFromCollections") is True and not front.get("date"):
            why_not = "left out of the site's collections (eleventyExcludeFromCollections)."
        parts = (inside or file).parent.parts
        published = day_of_name(name) or next((day for part in reversed(parts) if (day := day_of_name(part))), None)
        computed = front.get("eleventyComputed")
        own = (computed.get("permalink") if isinstance(computed, dict) else None) or front.get("permalink")
        path = _template(str(own), self._names(front, file, inside or file, published, title)) if own else None
        if path is None:
            names = list(parts) + ([] if name == "index" or (parts and parts[-1] == name) else [name])
            path = "/".join(names) + "/" if names else ""
        path = re.sub(r"(?:\A|/)index\.html\Z", "/", path.strip())
        return Post(
            file,
            front,
            rooted(path),
            aliases_of(front),
            published,
            str(front.get("lang") or front.get("locale") or ""),
            why_not,
        )

    def _data_beside(self, folder: Path, name: str) -> dict[str, Any]:
        place = self.folder / folder / name
        if place not in self._known:
            found: dict[str, Any] = {}
            for ending in (".json", ".11tydata.json", ".yaml", ".yml"):
                path = place.with_name(name + ending) if name else place
                found |= table_of(path) if name and path.is_file() else {}
            for ending in (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs"):
                script = script_of(first_of(place.parent, name + ending)) if name else ""
                if (computed := _returned(script)) is not None:
                    found["permalink"] = computed
                for key in ("permalink", "layout", "lang", "locale", "tags"):
                    if (value := script_value(script, key)) is not None:
                        found[key] = value
            self._known[place] = found
        return self._known[place]

    def _names(
        self, front: dict[str, Any], file: Path, inside: Path, published: str | None, title: str
    ) -> dict[str, Any]:
        raw = without_day(stem(file))
        parts = inside.parent.parts
        slug = (without_day(parts[-1]) if parts else "") if raw == "index" else raw
        date = read_date(front.get("date")) or published
        page = {
            "fileSlug": slug,
            "filePathStem": "/" + "/".join([*parts, raw]),
            "date": date,
            "inputPath": f"./{file.as_posix()}",
        }
        return {**self._global, **front, "title": title, "page": page, "date": date}


_FUNCTION = re.compile(
    r"(?<![\w.])permalink[\"']?\s*(?::\s*)?(?:(?:async\s+)?function\s*\w*)?\s*"
    r"(?:\((?:[^()]|\([^()]*\))*\)|\w+)\s*(?:=>\s*)?(\{|[`\"'])"
)
_CALL = re.compile(r"(?:this\.)?(\w+)\(\s*([\w.]+)\s*\)")


def _returned(script: str) -> str | None:
    """The template that a function for `permalink` returns, where it returns one text only:
    permalink: ({page}) => `/news/${page.fileSlug}/`.
    """
    match = _FUNCTION.search(script)
    if match is None:
        return None
    body = script[match.end() - 1 :]
    if match[1] == "{":
        inner = object_at(body, 0)
        if len(re.findall(r"\breturn\b", inner)) != 1:
            return None
        body = inner.partition("return")[2].strip()
    text = re.match(r"([`\"'])(.*?)\1\s*(?:[;,)}\n]|\Z)", body, re.DOTALL)
    return re.sub(r"\$\{\s*([^{}]*?)\s*\}", lambda found: _expression(found[1]), text[2]) if text else None


def _expression(script: str) -> str:
    """`data.page.fileSlug` and `this.slugify(data.title)` as Liquid and Nunjucks write them."""
    call = _CALL.fullmatch(script)
    name = (call[2] if call else script).removeprefix("data.")
    return f"{{{{ {name} | {call[1]} }}}}" if call else f"{{{{ {name} }}}}"


def _site_data(folder: Path) -> dict[str, Any]:
    """The global data that a site keeps about itself."""
    found: dict[str, Any] = {}
    for name in _SITE_FILES:
        for ending in (".json", ".yaml", ".yml"):
            if (folder / f"{name}{ending}").is_file():
                found[name] = table_of(folder / f"{name}{ending}")
        script = script_of(first_of(folder, f"{name}.js", f"{name}.cjs", f"{name}.mjs"))
        if script:
            found[name] = {key: value for key in ("url", "baseUrl", "lang") if (value := script_value(script, key))}
    return found


def _site_address(data: dict[str, Any]) -> str:
    rows = (
        row.get(key)
        for row in data.values()
        if isinstance(row, dict)
        for key in ("url", "baseUrl", "base_url", "siteURL")
    )
    return next((str(one) for one in rows if str(one or "").startswith("http")), "")


def _template(pattern: str, names: dict[str, Any]) -> str | None:
    """The path that a template gives, of the names and the usual filters; None if it needs more than those."""
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        found = _value(match[1], names)
        if found is None:
            missing.append(match[1])
        return found or ""

    if "{%" in pattern:
        return None
    path = _EXPRESSION.sub(value, pattern)
    return None if missing or "${" in path else path


def _value(expression: str, names: dict[str, Any]) -> str | None:
    head, *filters = (part.strip() for part in expression.split("|"))
    found: Any = head[1:-1] if head[:1] in "\"'" and head[:1] == head[-1:] else names
    if found is names:
        for key in head.split("."):
            found = found.get(key) if isinstance(found, dict) else None
    if found is None:
        return None
    text = str(found)
    for one in filters:
        name = re.split(r"[:(\s]", one, maxsplit=1)[0]
        argument = re.search(r"[\"'`]([^\"'`]*)[\"'`]", one)
        if name in ("slug", "slugify", "slugifyFilter", "toSlug"):
            text = slug_of(text, ascii_only=True)
        elif name in ("downcase", "lower"):
            text = text.lower()
        elif name in ("url", "safe", "string", "trim"):
            continue
        elif "date" in name.lower() and (argument or "path" in name.lower()):
            day = read_date(text)
            if day is None:
                return None
            text = _dated(argument[1] if argument else "yyyy/MM/dd", day)
        else:
            return None
    return text


def _dated(pattern: str, day: str) -> str:
    """A date's pattern ("%Y/%m", "yyyy/LL/dd") filled with a day in ISO 8601."""
    values = {"year": day[:4], "month": day[5:7], "day": day[8:10]}
    return re.sub("|".join(sorted(_MARKS, key=len, reverse=True)), lambda match: values[_MARKS[match[0]]], pattern)
