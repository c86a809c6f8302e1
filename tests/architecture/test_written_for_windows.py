"""What only Windows would show: no file or process is read or written in the encoding of the machine."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "methodology").rglob("*.py"))
LINUX_ALONE = ("forking.py", "warm_parent.py")
"""Modules that are used only where kernels can be forked."""
NO_FILES = ("os", "Image", "archive", "webbrowser")
"""Whose `open` takes no text: handles, pictures, members of archives."""
RUNS_A_PROCESS = ("run", "Popen", "check_output", "call", "check_call")
ABSENT_MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty")
ABSENT_CALLS = (
    "fork",
    "forkpty",
    "killpg",
    "setpgid",
    "setsid",
    "pidfd_open",
    "getuid",
    "geteuid",
    "uname",
    "mkfifo",
)
SIGNALS = ("SIGINT", "SIGTERM", "SIG_IGN", "SIG_DFL", "SIG_BLOCK", "SIG_SETMASK")
"""The last two are asked for only where there is `pthread_sigmask`."""


def faults_of(source: str, name: str = "module.py") -> list[str]:
    """What would go wrong on Windows, each with its line."""
    tree = ast.parse(source)
    found = [fault for node in ast.walk(tree) if isinstance(node, ast.Call) for fault in _of_call(node)]
    if name not in LINUX_ALONE:
        found += [fault for node in ast.walk(tree) for fault in _of_absent(node)]
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    found += [
        f"{node.lineno}: imports {module}, which Windows lacks"
        for node in top
        for module in _modules(node)
        if module in ABSENT_MODULES
    ]
    return found


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]


def _of_absent(node: ast.AST) -> list[str]:
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
        return []
    if node.value.id == "os" and node.attr in ABSENT_CALLS:
        return [f"{node.lineno}: os.{node.attr}, which Windows lacks"]
    if node.value.id == "signal" and node.attr.startswith("SIG") and node.attr not in SIGNALS:
        return [f"{node.lineno}: signal.{node.attr}, which Windows lacks"]
    return []


def _of_call(call: ast.Call) -> list[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    owner = getattr(call.func.value, "id", "") if isinstance(call.func, ast.Attribute) else ""
    wanted: list[str] = []
    if name == "read_text" and not call.args:
        wanted = ["encoding"]
    elif name == "write_text":
        wanted = ["encoding", "newline"]
    elif name in ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile") and _opens_text(call, name, owner):
        wanted = ["encoding", "newline"] if set(_mode(call, name, owner)) & set("wax+") else ["encoding"]
    elif name in RUNS_A_PROCESS and owner == "subprocess" and {"text", "universal_newlines"} & set(given):
        wanted = ["encoding"]
    elif name == "to_csv" and owner not in ("", "self") and call.args:
        wanted = ["encoding", "lineterminator"]
    elif name == "TemporaryDirectory":
        wanted = ["ignore_cleanup_errors"]
    return [f"{call.lineno}: {name}() without {what}" for what in wanted if what not in given]


def _opens_text(call: ast.Call, name: str, owner: str) -> bool:
    if name == "open" and owner in NO_FILES:
        return False
    return "b" not in _mode(call, name, owner)


def _mode(call: ast.Call, name: str, owner: str) -> str:
    """Mode of an opened file, as text."""
    default = "w+b" if name.startswith(("Named", "Temporary")) else "r"
    first = name.endswith("TemporaryFile") or (name == "open" and isinstance(call.func, ast.Attribute))
    place = 0 if first and owner not in ("io", "gzip", "codecs") else 1
    given = {keyword.arg: keyword.value for keyword in call.keywords}.get("mode")
    node = given or (call.args[place] if len(call.args) > place else None)
    return str(node.value) if isinstance(node, ast.Constant) else default


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_leans_on_what_windows_does_otherwise(module):
    assert faults_of(module.read_text(encoding="utf-8"), module.name) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("path.read_text()", "encoding"),
        ("path.write_text(a, encoding='utf-8')", "newline"),
        ("path.write_text(a)", "encoding"),
        ("open(path)", "encoding"),
        ("open(path, 'w', encoding='utf-8')", "newline"),
        ("path.open('a')", "newline"),
        ("path.open()", "encoding"),
        ("os.fdopen(handle, 'w')", "encoding"),
        ("tempfile.NamedTemporaryFile('w')", "encoding"),
        ("subprocess.run(x, text=True)", "encoding"),
        ("table.to_csv(path)", "lineterminator"),
        ("tempfile.TemporaryDirectory()", "ignore_cleanup_errors"),
        ("import fcntl", "lacks"),
        ("os.fork()", "lacks"),
        ("signal.signal(signal.SIGKILL, f)", "lacks"),
    ],
)
def test_each_of_these_would_be_found(line, said):
    assert any(said in fault for fault in faults_of(line))


@pytest.mark.parametrize(
    "line",
    [
        "path.read_text('utf-8')",
        "path.open('rb')",
        "open(path, mode='wb')",
        "os.open(path, flags)",
        "subprocess.run(x, capture_output=True)",
        "to_csv(table)",
        "table.to_csv()",
        "def f():\n    import resource",
    ],
)
def test_and_these_are_no_faults(line):
    assert faults_of(line) == []


LONGEST_PATH = 160
"""Signs of a path below the store: 100 are left for the user's folders of the 260 that Windows bears."""


def test_the_longest_paths_of_a_store_leave_room_for_the_users():
    from methodology.runs.stages import STAGES

    tables = [
        pattern.replace("*", "a_long_name_of_a_table") for stage in STAGES for pattern in stage.patterns
    ]
    longest = max(tables, key=len)
    system, run, key = "electric_steelmaking", "0" * 12, "0" * 64
    paths = [
        f".staging/{system}/{run}/view/sensitivity/{run}/results/{longest}",
        f".cache/00/{key}/results/{longest}",
        f".failed/{system}/20260101T000000-{run}-replaced-12/internal/site/_images/{key}.png",
    ]
    assert max(map(len, paths)) <= LONGEST_PATH


@pytest.mark.parametrize(
    ("encoding", "shown"), [("cp936", "高炉"), ("cp1252", "\\u9ad8\\u7089"), ("utf-8", "高炉")]
)
def test_the_command_speaks_in_the_encoding_of_its_terminal(encoding, shown):
    code = "from methodology.cli import use_terminal; from methodology.cli.app import say; use_terminal(); say('高炉')"
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.decode(encoding).strip() == shown
