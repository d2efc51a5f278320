"""What no file of this tree may contain; the last step of `make lint`."""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 350

_NOT_OURS = {"node_modules", "build", "dist", "__pycache__", "out", "cache", "snapshots"}
_SOURCES = {".py", ".sol", ".sh", ".js", ".mjs", ".cjs"}
_WRITTEN = _SOURCES | {".md", ".toml", ".json", ".yml", ".yaml", ".cfg", ".ini", ""}
_LATER = re.compile(r"(?<![`\w])(TO[D]O|FIX[M]E|X[X]X)\b(?!`)")
_MACHINE = re.compile(r"(?<![\w/.:{}-])/(work|root)/\w")
_HOST = re.compile(
    r"\"resolved\": *\"https?:|--(extra-)?(index-url|find-links)|pythonhosted|pypi\.org|npmjs", re.IGNORECASE
)
_SOLIDITY_SKIP = re.compile(r"\bvm\.skip\(\s*\w+\s*\)")


def findings(root: Path) -> Iterator[str]:
    """Yield `path:line: what is wrong`, for every file below `root` that is ours."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if not path.is_file() or any(part in _NOT_OURS or _hidden(part) for part in parts):
            continue
        if path.suffix not in _WRITTEN and not path.name.endswith(".lock"):
            continue
        name = "/".join(parts)
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            yield f"{name}:1: not UTF-8"
            continue
        yield from (f"{name}:{line}: {what}" for line, what in _in_file(path, text))


def _hidden(part: str) -> bool:
    return part.startswith(".") and part not in {".ci", ".npmrc", ".gitignore"}


def _in_file(path: Path, text: str) -> Iterator[tuple[int, str]]:
    lines = text.splitlines()
    source = path.suffix in _SOURCES or path.name in {"Makefile", "run"}
    if path.suffix in {".py", ".sol"} and len(lines) > MOST_LINES:
        yield MOST_LINES + 1, f"{len(lines)} lines: one file, one clause"
    for number, line in enumerate(lines, 1):
        if source and _LATER.search(line):
            yield number, "work left for later belongs in an issue"
        if _MACHINE.search(line):
            yield number, "a path of one machine"
        if path.name.endswith((".lock", "-lock.json", ".npmrc")) and _HOST.search(line):
            yield number, "a lock file names no host"
        if path.suffix == ".sol" and _SOLIDITY_SKIP.search(line):
            yield number, "a skip without a reason"
    if path.suffix == ".py":
        yield from _in_python(text)


def _in_python(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string == "NotImplementedError":
            yield token.start[0], "nothing is left unbuilt"
    tree = ast.parse(text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if _leaves_out(node) and not _reasoned(node, _dotted(node.func)):
                yield node.lineno, "a skip without a reason"
        elif isinstance(node, ast.Attribute) and id(node) not in called and _dotted(node) in _BARE_MARKS:
            yield node.lineno, "a skip without a reason"


_BARE_MARKS = {"pytest.mark.skip", "pytest.mark.xfail"}
_CALLS = _BARE_MARKS | {
    "pytest.skip",
    "pytest.xfail",
    "pytest.mark.skipif",
    "unittest.skip",
    "unittest.skipIf",
}


def _dotted(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""


def _leaves_out(call: ast.Call) -> bool:
    return _dotted(call.func) in _CALLS


def _reasoned(call: ast.Call, name: str) -> bool:
    given = [word.value for word in call.keywords if word.arg in {"reason", "msg"}]
    position = 1 if name in {"pytest.mark.skipif", "pytest.mark.xfail", "unittest.skipIf"} else 0
    given += call.args[position : position + 1]
    return any(not (isinstance(value, ast.Constant) and not value.value) for value in given)


def main() -> int:
    """Print the findings; return 1 if there are any."""
    found = list(findings(ROOT))
    for line in found:
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"texts: {len(found)} findings\n" if found else "texts: nothing found\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
