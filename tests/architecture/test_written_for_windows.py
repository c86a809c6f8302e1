"""What only Windows would show: no file or process is read or written in the encoding of the machine."""

from __future__ import annotations

import ast
import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "methodology").rglob("*.py"))
LINUX_ALONE = ("forked.py", "warm_parent.py")
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
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [fault for call in calls for fault in _of_call(call)]
    if name not in LINUX_ALONE:
        found += [fault for call in calls for fault in _of_session(call)]
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
    if name == "write" and owner == "os" and _encodes(call.args[-1]):
        wanted = ["the encoding of a console: see cli.unbuffered"]
    return [f"{call.lineno}: {name}() without {what}" for what in wanted if what not in given]


def _of_session(call: ast.Call) -> list[str]:
    given = {keyword.arg for keyword in call.keywords}
    lacking = "start_new_session" in given and "creationflags" not in given
    return (
        [f"{call.lineno}: start_new_session without creationflags: Windows knows no sessions"]
        if lacking
        else []
    )


def _encodes(node: ast.expr) -> bool:
    """Whether a text becomes UTF-8 on the way, whatever the terminal takes."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "encode"


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


def test_no_module_leans_on_what_windows_does_otherwise():
    assert len(MODULES) > 300
    found = {path: faults_of(path.read_text(encoding="utf-8"), path.name) for path in MODULES}
    assert {path.relative_to(ROOT).as_posix(): faults for path, faults in found.items() if faults} == {}


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
        ("subprocess.Popen(x, start_new_session=True)", "creationflags"),
        ("os.write(2, 'x'.encode())", "console"),
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
        "os.write(2, unbuffered(x))",
        "to_csv(table)",
        "table.to_csv()",
        "def f():\n    import resource",
    ],
)
def test_and_these_are_no_faults(line):
    assert faults_of(line) == []


def test_the_job_on_windows_reads_and_writes_as_its_machine_does():
    jobs = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "windows-latest" in jobs
    assert "PYTHONUTF8" not in jobs
    assert "-X utf8" not in jobs


LONGEST_PATH = 160
"""Signs of a path below the store: 100 are left for the user's folders of the 260 that Windows bears."""


def test_the_longest_paths_of_a_store_leave_room_for_the_users():
    from methodology.results.stages import STAGES

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


def test_a_message_past_the_buffer_is_in_the_code_page_of_the_console(monkeypatch):
    from methodology import cli

    monkeypatch.setattr(cli, "os", SimpleNamespace(name="nt", device_encoding=lambda _: "cp936"))
    assert cli.unbuffered("停 ö") == "停 ".encode("cp936") + b"\\xf6"


@pytest.mark.parametrize(
    ("encoding", "bytes_of_it"), [("cp936", b"\\u9ad8 \\u00f6"), ("utf-8", "高 ö".encode())]
)
def test_progress_as_json_is_json_in_every_encoding(encoding, bytes_of_it):
    from methodology.runs.progress import Event, listener

    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace")
    with listener("json", out) as hears:
        hears(Event("failed", "ironmaking", message="高 ö"))
    line = out.buffer.getvalue()
    assert bytes_of_it in line
    assert json.loads(line)["message"] == "高 ö"


@pytest.mark.parametrize(("broken", "code"), [(True, True), (False, False)])
def test_a_closed_pipe_is_told_from_other_invalid_arguments(monkeypatch, broken, code):
    from methodology.cli import stopping

    class Pipe(io.StringIO):
        def flush(self):
            if broken:
                raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(stopping, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(stopping.sys, "stdout", Pipe())
    assert stopping._is_unheard(OSError(errno.EINVAL, "Invalid argument")) is code
    assert not stopping._is_unheard(OSError(errno.EACCES, "Permission denied"))


@pytest.fixture
def heard(monkeypatch):
    """What the guard of a stage refuses."""
    from methodology.runs.kernels import declared_reads

    monkeypatch.setattr(declared_reads, "_found", [])
    return declared_reads


def test_the_reader_of_workbooks_may_start_as_windows_tells_of_it(heard):
    line = subprocess.list2cmdline([sys.executable, *heard._READER])
    heard._start("subprocess.Popen", (None, line, None, None))
    assert heard.found() == []


def test_any_other_program_may_not_and_is_named(heard):
    with pytest.raises(heard.UndeclaredReadError, match="python -c"):
        heard._start("subprocess.Popen", (None, "python -c x", None, None))


@pytest.mark.parametrize("path", [r"\\?\C:\Runs\A.csv", "c:/runs/a.csv"])
def test_the_guard_knows_a_path_of_windows_however_it_is_written(heard, monkeypatch, path):
    import ntpath

    monkeypatch.setattr(heard, "os", SimpleNamespace(path=ntpath, sep="\\"))
    assert heard._is_within(heard._cased(path), [heard._cased("C:\\Runs")])


def test_a_junction_is_no_folder_of_a_run(tmp_path, monkeypatch):
    from methodology.runs import hashing

    (tmp_path / "led").mkdir()
    (tmp_path / "led" / "away.txt").write_text("a", encoding="utf-8", newline="\n")
    about = SimpleNamespace(st_mode=tmp_path.stat().st_mode, st_reparse_tag=hashing._JUNCTION)
    entries = [SimpleNamespace(name="led", stat=lambda **_: about)]

    class Listed:
        def __enter__(self):
            return entries

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(hashing.os, "scandir", lambda place: Listed() if place == tmp_path else os.listdir())
    assert hashing.entries_below(tmp_path) == ([], ["led"])


@pytest.mark.parametrize("folder", ["../../runs/运行/a", 'E:/李雷/"a"', "../runs/a"])
def test_a_saved_notebook_does_not_say_where_its_run_was_made(tmp_path, folder):
    import nbformat
    from papermill.parameterize import parameterize_notebook

    from methodology.runs.kernels.papermill_engine import SAVED_FOLDER, Job, saved_text

    cells = [nbformat.v4.new_code_cell("folder = ''", metadata={"tags": ["parameters"]})]
    about = {
        "kernelspec": {"name": "python3", "language": "python", "display_name": "a"},
        "papermill": {"version": "1"},
    }
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=about)
    made = parameterize_notebook(notebook, {"folder": folder})
    job = Job(tmp_path, {}, folder, tmp_path, tmp_path, kernels=None)
    injected = json.loads(saved_text(made, job))["cells"][1]
    assert "".join(injected["source"]).splitlines()[-1] == f'folder = "{SAVED_FOLDER}"'


def test_a_run_with_an_open_file_is_pruned_as_a_whole_or_stays(tmp_path, monkeypatch):
    from methodology.results.store import Store
    from methodology.runs import listing

    def refused(*_):
        raise PermissionError(errno.EACCES, "Access is denied")

    folder = tmp_path / "toy" / "a"
    folder.mkdir(parents=True)
    monkeypatch.setattr(listing, "os", SimpleNamespace(name="nt"))
    assert listing._remove(folder, Store(tmp_path)) == [folder]
    assert not folder.exists()
    folder.mkdir()
    monkeypatch.setattr(Store, "set_aside", refused)
    with pytest.raises(PermissionError):
        listing._remove(folder, Store(tmp_path))
    assert folder.is_dir()
