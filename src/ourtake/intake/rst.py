"""reStructuredText -> front matter and Markdown, by docutils. Nothing that a text names is opened or run."""

from __future__ import annotations

from typing import Any

from ourtake.errors import InputError
from ourtake.intake.front_matter import Parts, parts_of

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "_disable_config": True,
    "input_encoding": "unicode",
    "doctitle_xform": True,
    "docinfo_xform": True,
    "initial_header_level": 2,
    "math_output": "LaTeX",
}


def rst_parts(text: str, name: str) -> Parts:
    """The title, the fields (":date: 2025-03-04", or Nikola's ".. date:") and the text of a document."""
    # docutils and lxml take a quarter of a second to load.
    from docutils import nodes  # noqa: PLC0415
    from docutils.core import publish_doctree, publish_from_doctree  # noqa: PLC0415

    from ourtake.intake.html_text import markdown_of  # noqa: PLC0415

    given = parts_of(text, name)
    try:
        tree = publish_doctree(given.body, settings_overrides=_SETTINGS)
    except (ValueError, AttributeError, AssertionError, RecursionError) as error:  # by odd input, docutils fails so
        raise InputError("not reStructuredText that can be read.") from error
    front: dict[str, Any] = {}
    for info in list(tree.findall(nodes.docinfo)):
        for child in info.children:
            if isinstance(child, nodes.field):
                front[child[0].astext().strip().lower()] = child[1].astext().strip()
            elif isinstance(child, nodes.authors):
                front["author"] = [one.astext() for one in child.children]
            else:
                front[child.tagname] = child.astext().strip()
        info.parent.remove(info)
    if tree.get("title"):
        front["title"] = tree["title"]
    for kind in (nodes.system_message, nodes.problematic, nodes.title, nodes.subtitle):
        for node in list(tree.findall(kind)):
            if kind is nodes.problematic:
                node.parent.replace(node, nodes.Text(_role_words(node.astext())))
            elif node.parent is not None and (kind is nodes.system_message or node.parent is tree):
                node.parent.remove(node)
    page = publish_from_doctree(tree, writer="html5", settings_overrides=_SETTINGS)
    html = page.decode("utf-8", "replace") if isinstance(page, bytes) else str(page)
    return Parts({**front, **given.front}, markdown_of(html.partition("<body")[2].partition(">")[2]))


def _role_words(text: str) -> str:
    """The words of a role that docutils does not know: :doc:`the wall </posts/wall>`."""
    words = text.partition("`")[2].rstrip("`") or text
    return words.partition(" <")[0].strip()
