"""The import graph: no circles, and few imports between the packages of checks/.

Run as a script, it prints the imports from package to package: python -m tests.test_architecture
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
PACKAGES = ("facts", "quotes", "links", "prose", "safety")
MOST_IMPORTS = 20
FREE_OF_CIRCLES = ("ourtake",)
"""Packages whose modules must not import each other in a circle."""

Graph = Mapping[str, frozenset[str]]
"""Each module with those it imports, lazily or for type checking only as well."""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")


def imported(tree: ast.AST, modules: Container[str]) -> Iterator[str]:
    """The modules that a file imports: "from ourtake.text import names" is an import of ourtake.text.names, "from
    ourtake.documents import Take" one of ourtake.documents.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, "imports are absolute"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in modules else node.module for name in names)


def import_graph() -> Graph:
    paths = {module_name(path): path for path in sorted(SRC.rglob("*.py"))}
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    return {name: frozenset(imported(tree, paths)) & paths.keys() - {name} for name, tree in trees.items()}


def package_imports(graph: Graph) -> list[tuple[str, str]]:
    """Imports between the packages of checks/: each module with each other package that it imports from. All imports of
    a package from the modules directly in checks/ ("base") count as one.
    """

    def room(module: str) -> str | None:
        parts = module.split(".")
        if parts[:2] != ["ourtake", "checks"] or len(parts) < 3:
            return None
        return parts[2] if parts[2] in PACKAGES else "base"

    found = set()
    for module, others in graph.items():
        own = room(module)
        for other in (room(name) for name in others):
            if own in PACKAGES and other is not None and other != own:
                found.add((own if other == "base" else module.removeprefix("ourtake.checks."), other))
    return sorted(found)


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = import_graph()
    assert len(graph) > 100 and any(graph.values())
    within = {name: others for name, others in graph.items() if name.startswith(FREE_OF_CIRCLES)}
    try:
        TopologicalSorter(within).prepare()
    except CycleError as error:
        raise AssertionError(" imports ".join(reversed(error.args[1]))) from None


def test_few_imports_lead_from_package_to_package() -> None:
    found = package_imports(import_graph())
    assert {one for one, other in found if other == "base"} == set(PACKAGES)
    assert len(found) <= MOST_IMPORTS, found


def test_the_page_on_architecture_names_files_and_functions_that_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    files = set(re.findall(r"`([a-z_]+(?:/[a-z_.]+)+)`", page))
    assert len(files) > 40
    assert not {file for file in files if not (SRC / "ourtake" / file).exists() and not (ROOT / file).exists()}
    named = re.findall(r"`(?:[A-Z]\w*\.)?(\w+)`\s\(`([a-z_/]+\.py)`\)", page)
    assert len(named) > 12
    for name, file in named:
        assert re.search(rf"(?:def|class) {name}\b", (SRC / "ourtake" / file).read_text(encoding="utf-8")), (name, file)


if __name__ == "__main__":
    for one, other in (rows := package_imports(import_graph())):
        print(f"{one} -> {other}")
    print(f"{len(rows)} imports from package to package; at most {MOST_IMPORTS}")
