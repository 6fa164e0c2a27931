"""Organisms and the oracle know nothing of the detectors, nor of Inspect."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import peerwatch.calibration.oracle
import peerwatch.organisms

FILES = sorted(Path(peerwatch.organisms.__path__[0]).glob("*.py"))
ORACLE = Path(peerwatch.calibration.oracle.__file__)


def runtime_imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a file imports other than for type checking."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from runtime_imports(node)


@pytest.mark.parametrize("path", [*FILES, ORACLE], ids=lambda path: path.name)
def test_no_detector_is_imported(path: Path) -> None:
    imported = set(runtime_imports(ast.parse(path.read_text(encoding="utf-8"))))
    assert not [one for one in imported if one.startswith((".", "peerwatch.behaviours", "inspect"))]


def test_the_walk_sees_what_it_should() -> None:
    text = "def f():\n    from peerwatch.behaviours.detect import detect\n"
    assert "peerwatch.behaviours.detect" in set(runtime_imports(ast.parse(text)))
