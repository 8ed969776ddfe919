"""The example packages, each built into a wheel and installed into a folder of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EXAMPLES = ("gemini", "shouting", "outline", "questions")


def installed(sources: list[Path], folder: Path) -> Path:
    """Build the packages without the network and install them into a folder, which is returned."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--no-input"]
    wheels, target = folder / "wheels", folder / "site"
    build = ["wheel", "--no-index", "--no-build-isolation", "--no-deps", "-w", str(wheels), *map(str, sources)]
    subprocess.run([*pip, *build], check=True, capture_output=True, timeout=300)
    install = ["install", "--no-index", "--no-deps", "--target", str(target), *map(str, wheels.glob("*.whl"))]
    subprocess.run([*pip, *install], check=True, capture_output=True, timeout=300)
    return target


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PYTHONPATH with the example packages."""
    folder = tmp_path_factory.mktemp("plugins")
    sources = [Path(shutil.copytree(HERE / name, folder / name)) for name in EXAMPLES]
    return installed(sources, folder)
