"""What Python code that an agent runs would do, by its syntax tree.

Known are the calls that change files by plain names. Anything else that could change something
makes the code opaque; code that plainly only reads and prints is not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from peerwatch.oversight.gate.foreseen import Act, Foreseen, Opaque, RunText, RunWords, Touch
from peerwatch.oversight.gate.name_lists import listed
from peerwatch.oversight.gate.path_pattern import UNKNOWN, is_plain, shown

_LONGEST = 64_000
_CALLS: dict[str, tuple[Act | None, Act | None, bool]] = {
    # What becomes of the first argument, of the second, and whether of all below.
    "os.remove": ("remove", None, False),
    "os.unlink": ("remove", None, False),
    "os.rmdir": ("remove", None, False),
    "os.removedirs": ("remove", None, False),
    "shutil.rmtree": ("remove", None, True),
    "os.rename": ("move", "write", True),
    "os.renames": ("move", "write", True),
    "os.replace": ("move", "write", True),
    "shutil.move": ("move", "write", True),
    "shutil.copy": ("copy", "write", False),
    "shutil.copy2": ("copy", "write", False),
    "shutil.copyfile": ("copy", "write", False),
    "shutil.copytree": ("copy", "write", True),
    "shutil.copystat": ("read", "redate", False),
    "shutil.copymode": ("read", "rights", False),
    "os.link": ("copy", "write", False),
    "os.symlink": (None, "write", False),
    "os.truncate": ("write", None, False),
    "os.utime": ("redate", None, False),
    "os.chmod": ("rights", None, False),
    "os.chown": ("rights", None, False),
    "shutil.chown": ("rights", None, False),
    "os.mkdir": (None, None, False),
    "os.makedirs": (None, None, False),
    "os.listdir": ("read", None, False),
    "os.scandir": ("read", None, False),
    "os.walk": ("read", None, True),
    "os.stat": ("read", None, False),
    "os.getenv": (None, None, False),
    "os.getcwd": (None, None, False),
    "os.environ.get": (None, None, False),
    "glob.glob": ("read", None, False),
    "sqlite3.connect": ("write", None, False),
    "pandas.read_csv": ("read", None, False),
    "pd.read_csv": ("read", None, False),
    "pandas.read_json": ("read", None, False),
    "pd.read_json": ("read", None, False),
}
_ON_PATHS: dict[str, Act] = {
    "unlink": "remove",
    "rmdir": "remove",
    "rename": "move",
    "replace": "move",
    "write_text": "write",
    "write_bytes": "write",
    "touch": "redate",
    "chmod": "rights",
    "read_text": "read",
    "read_bytes": "read",
    "exists": "read",
    "is_file": "read",
    "is_dir": "read",
    "stat": "read",
    "iterdir": "read",
    "hardlink_to": "write",
    "symlink_to": "write",
}
_HARMLESS_MODULES = frozenset(
    listed(
        "argparse ast base64 collections copy csv dataclasses datetime decimal functools glob "
        "hashlib io itertools json math operator os pathlib pprint random re shutil sqlite3 "
        "statistics string sys textwrap time tomllib traceback typing uuid yaml numpy pandas "
        "np pd __future__ os.path enum struct zlib unicodedata difflib"
    )
)
_HARMLESS = frozenset(
    listed(
        "print len range sorted enumerate zip map filter str int float bool list dict set "
        "tuple sum min max abs round repr type isinstance hasattr iter next reversed any all "
        "chr ord hex bin format Path PurePath pathlib.Path Counter defaultdict OrderedDict "
        "datetime ValueError Exception RuntimeError KeyError SystemExit exit quit input id "
        "hash bytes bytearray frozenset divmod pow super object slice vars dir"
    )
)
_DANGEROUS = frozenset(
    listed(
        "exec eval compile __import__ getattr setattr globals locals delattr breakpoint "
        "memoryview open_code import_module __builtins__ dump to_csv to_json to_pickle "
        "to_parquet save tofile safe_dump savetxt extractall execute executescript "
        "executemany commit system popen spawnl write_table to_sql to_excel"
    )
)
_SHELLS = frozenset(listed("os.system os.popen subprocess.getoutput subprocess.getstatusoutput"))
_STARTS = frozenset(
    listed(
        "subprocess.run subprocess.call subprocess.check_call subprocess.check_output "
        "subprocess.Popen"
    )
)


def python_does(text: str) -> Iterator[Foreseen]:
    """Yield what Python code would do, as far as it tells."""
    opaque = Opaque("code that is not understood", shown(text))
    if len(text) > _LONGEST or not is_plain(text):
        yield opaque
        return
    try:
        tree = ast.parse(text)
        reader = _Reader(tree)
        yield from reader.found
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield opaque
        return
    computed = any(
        isinstance(one, Touch) and one.act != "read" and not is_plain(one.target)
        for one in reader.found
    )
    if computed or not reader.clear:
        yield opaque


class _Reader:
    """Reads a module's tree once: first what names stand for, then its calls."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[Foreseen] = []
        self.clear = True
        self._texts: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._own: set[str] = set()
        nodes = list(ast.walk(tree))
        for node in nodes:
            self._define(node)
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, (ast.Attribute, ast.Name)) and (
                self._is_hidden(node) or (id(node) not in called and self._acts(node))
            ):
                self.clear = False

    def _is_hidden(self, node: ast.Attribute | ast.Name) -> bool:
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        return name in _DANGEROUS or (
            name.startswith("__") and name not in ("__name__", "__file__")
        )

    def _define(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for one in node.names:
                self._module(one.name)
                self._names[one.asname or one.name] = one.name
        elif isinstance(node, ast.ImportFrom):
            self._module(node.module or "?")
            for one in node.names:
                self._names[one.asname or one.name] = f"{node.module}.{one.name}"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._own.add(node.name)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0], node.value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        text = self._text(value)
        known = self._texts.get(target.id, text)
        self._texts[target.id] = text if text == known else UNKNOWN

    def _acts(self, node: ast.Attribute | ast.Name) -> bool:
        """Return whether a name that is not called here is that of a function that acts."""
        name = self._dotted(node)
        return name in _CALLS or name in _STARTS or name in _SHELLS or name in ("open", "io.open")

    def _module(self, name: str) -> None:
        if name.partition(".")[0] not in _HARMLESS_MODULES and name != "subprocess":
            self.clear = False

    def _dotted(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self._names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self._dotted(node.value)}.{node.attr}"
        return ""

    def _text(self, node: ast.expr | None) -> str:
        """Return the text that an expression is, as far as that is known."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                return self._texts.get(name, UNKNOWN)
            case ast.JoinedStr(values=values):
                return "".join(self._text(one) for one in values)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._text(left) + self._text(right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return f"{self._text(left)}/{self._text(right)}"
            case ast.Call(func=func, args=args) if self._is_path(func):
                return "/".join(map(self._text, args)) or "."
        return UNKNOWN

    def _is_path(self, func: ast.expr) -> bool:
        name = self._dotted(func)
        return name in ("Path", "pathlib.Path", "os.path.join", "str", "os.path.expanduser")

    def _call(self, node: ast.Call) -> None:
        name = self._dotted(node.func)
        if name in ("open", "io.open", "os.open"):
            self._open(node)
        elif name in _CALLS:
            self._known(node, *_CALLS[name], name)
        elif name in _SHELLS:
            self._run_shell(node)
        elif name in _STARTS:
            self._start(node)
        elif name == "os.chdir":
            self.clear = False
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _ON_PATHS:
            self._on_path(node, node.func)
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "open":
            self._open(node, self._text(node.func.value))
        elif not self._is_harmless(name, node.func):
            self.clear = False

    def _is_harmless(self, name: str, func: ast.expr) -> bool:
        if name in _HARMLESS or name in self._own:
            return True
        if isinstance(func, ast.Name):
            # from os import remove: whatever is not known by its whole name counts.
            module = name.rpartition(".")[0]
            return bool(module) and module not in ("os", "shutil", "subprocess", "sqlite3")
        if name.startswith(("os.path.", "sys.", "os.environ")):
            return True
        return bool(func) and not name.startswith(("os.", "shutil.", "subprocess.", "sys.modules"))

    def _open(self, node: ast.Call, path: str | None = None) -> None:
        args = list(node.args)
        path = self._text(args.pop(0) if args else None) if path is None else path
        mode = next((one.value for one in node.keywords if one.arg == "mode"), None)
        mode = mode or (args[0] if args else None)
        text = "r" if mode is None else self._text(mode)
        writes = any(sign in text for sign in ("w", "a", "x", "+", UNKNOWN))
        self.found.append(Touch("read", path, program="open"))
        if writes:
            self.found.append(Touch("write", path, program="open"))

    def _known(
        self, node: ast.Call, first: Act | None, second: Act | None, deep: bool, name: str
    ) -> None:
        args = [self._text(one) for one in node.args]
        keywords = {one.arg: self._text(one.value) for one in node.keywords}
        source = args[0] if args else keywords.get("src") or keywords.get("path") or UNKNOWN
        target = args[1] if len(args) > 1 else keywords.get("dst") or UNKNOWN
        if first:
            self.found.append(Touch(first, source, deep=deep, program=name))
        if second:
            self.found.append(Touch(second, target, program=name))
            if second == "write" and name.startswith("shutil."):
                base = source.rstrip("/").rpartition("/")[2]
                self.found.append(Touch("write", f"{target}/{base}", program=name))

    def _on_path(self, node: ast.Call, func: ast.Attribute) -> None:
        act = _ON_PATHS[func.attr]
        value = self._text(func.value)
        plain_text = func.attr == "replace" and len(node.args) == 2
        if act == "read" and value == UNKNOWN:
            return
        if not plain_text:
            self.found.append(Touch(act, value, deep=act == "move", program=f"Path.{func.attr}"))
        if act == "move" and len(node.args) == 1:
            self.found.append(Touch("write", self._text(node.args[0]), program="Path.rename"))

    def _run_shell(self, node: ast.Call) -> None:
        self.found.append(RunText(self._text(node.args[0] if node.args else None)))

    def _start(self, node: ast.Call) -> None:
        first = node.args[0] if node.args else None
        folder = next((self._text(one.value) for one in node.keywords if one.arg == "cwd"), None)
        if isinstance(first, (ast.List, ast.Tuple)):
            words = tuple(self._text(one) for one in first.elts)
            self.found.append(RunWords(words, cwd=folder))
        elif folder is None:
            self.found.append(RunText(self._text(first)))
        else:
            self.clear = False
