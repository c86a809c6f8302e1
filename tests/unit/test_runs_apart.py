"""Kernels stand apart: no set-up of the user and no processor changes a result, and nothing said aside is one."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from shipped import ROOT
from toy_runs import BODIES, STAGES, choices, execute_run, make_project, write_notebook

from methodology.errors import StageError
from methodology.parameters import Project
from methodology.runs.kernels import cold
from methodology.runs.kernels.cold import kernel_environment, private_place
from methodology.runs.kernels.forked import can_fork
from methodology.runs.one_run import private_places

ONE = STAGES[:1]
KINDS = [
    "cold",
    pytest.param("forked", marks=pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux")),
]
posix = pytest.mark.skipif(os.name != "posix", reason="sockets have paths on POSIX only")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looked up in /proc")
HOSTILE = {
    "HOME": "/nowhere",
    "LANG": "zh_CN.GBK",
    "LC_ALL": "tr_TR.UTF-8",
    "LC_NUMERIC": "de_DE.UTF-8",
    "LANGUAGE": "tr",
    "TZ": "America/St_Johns",
    "COLUMNS": "40",
    "LINES": "5",
    "TERM": "xterm-256color",
    "FORCE_COLOR": "1",
    "USER": "someone",
    "PYTHONWARNINGS": "error",
    "PYTHONSTARTUP": "/nowhere/start.py",
    "PYTHONIOENCODING": "gbk",
    "PYTHONHASHSEED": "4242",
    "PYTHONOPTIMIZE": "2",
    "MPLCONFIGDIR": "/nowhere",
    "MPLBACKEND": "svg",
    "MATPLOTLIBRC": "/nowhere/matplotlibrc",
    "FREETYPE_PROPERTIES": "truetype:interpreter-version=35",
    "FONTCONFIG_FILE": "/nowhere/fonts.conf",
    "XDG_CONFIG_HOME": "/nowhere",
    "IPYTHONDIR": "/nowhere",
    "JUPYTER_CONFIG_DIR": "/nowhere",
    "OPENBLAS_CORETYPE": "SkylakeX",
    "OPENBLAS_NUM_THREADS": "7",
    "NPY_DISABLE_CPU_FEATURES": "",
    "GLIBC_TUNABLES": "",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_DISABLE_JIT": "1",
    "NUMBA_FASTMATH": "1",
    "ARROW_USER_SIMD_LEVEL": "AVX2",
}
ARITHMETIC = """
import hashlib, math
import numpy as np, scipy.linalg
rng = np.random.default_rng(7)
a, b, x = rng.random((37, 41)), rng.random((41, 23)), rng.random(50_000)
ties = rng.integers(0, 9, 5_000)
found = [
    a @ b, a @ b[:, 0], np.linalg.eigh(a @ a.T)[1], np.linalg.lstsq(a, a[:, 0], rcond=None)[0],
    scipy.linalg.blas.dgemm(1.0, a, b), np.exp(x), np.log(x), x**2.37, np.tanh(x), np.sin(x), np.log1p(x),
    np.array([f(v) for v in x for f in (math.exp, math.log, math.sin)]), np.argsort(ties), np.sort(x), x.std(),
]
print(hashlib.sha256(b"".join(np.ascontiguousarray(one).tobytes() for one in found)).hexdigest())
"""
SIMULATE = """
import hashlib
import numpy as np
from methodology.sensitivity import simulate_levels
rng = np.random.default_rng(3)
values, thresholds = rng.gamma(3.0, size=(40, 12)), np.sort(rng.gamma(3.0, size=(12, 3)), axis=1)
made = simulate_levels(
    values, thresholds, np.full(12, 1 / 12), better=["lower"] * 12, groups=list("aaabbbcccddd"),
    limiting=[True, False] * 6, draws=3000, weight_concentration=200.0, threshold_cv=np.full(12, 0.05), seed=1,
)
print(hashlib.sha256(np.ascontiguousarray(made.level_counts).tobytes()).hexdigest())
"""


def run_python(code: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


@pytest.fixture
def place():
    made = private_place()
    (made / "tmp").mkdir()
    yield made
    subprocess.run(
        [sys.executable, "-c", "import shutil, sys; shutil.rmtree(sys.argv[1])", str(made)], check=True
    )


def toy(tmp_path: Path, body: str, kind: str, stages=ONE) -> Path:
    project = make_project(tmp_path / "project")
    write_notebook(project, "sample", f"{body}\n{BODIES['sample']}")
    return execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=stages, kernel=kind)


def said(tmp_path: Path) -> str:
    (log,) = (tmp_path / "runs" / ".logs" / "toy").glob("*/sample.txt")
    return log.read_text(encoding="utf-8")


def outputs(folder: Path) -> str:
    cells = json.loads((folder / "notebooks" / "01_sample.ipynb").read_text(encoding="utf-8"))["cells"]
    return json.dumps([cell.get("outputs", []) for cell in cells])


def test_an_environment_full_of_settings_gives_kernels_the_same_as_an_empty_one(monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "cache")  # where machine code is kept decides nothing
    for name in HOSTILE:
        monkeypatch.delenv(name, raising=False)
    usual = kernel_environment(Path("place"), 1)
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    assert kernel_environment(Path("place"), 1) == usual


def test_machine_code_is_kept_in_the_users_cache_where_the_package_may_not_be_written(monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/cache")
    assert "NUMBA_CACHE_DIR" not in kernel_environment(Path("place"), 1)
    monkeypatch.setattr(cold.os, "access", lambda *_: False)
    assert kernel_environment(Path("place"), 1)["NUMBA_CACHE_DIR"] == str(Path("/home/cache/numba"))
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert "NUMBA_CACHE_DIR" not in kernel_environment(Path("place"), 1)


@pytest.mark.skipif(sys.platform == "darwin", reason="numpy's BLAS is the system's there")
def test_no_newer_code_than_the_oldest_processor_of_the_kind_has_is_used_by_numpy(place):
    code = "from numpy._core._multiarray_umath import __cpu_dispatch__ as names, __cpu_features__ as there\n"
    code += "print([name for name in names if there[name]])"
    assert run_python(code, kernel_environment(place, 1)) == "[]"


@linux
def test_both_copies_of_openblas_use_the_code_of_one_processor(place):
    code = """
import ctypes, numpy, scipy.linalg
paths = {line.split()[-1] for line in open("/proc/self/maps") if "openblas" in line}
for path in sorted(paths):
    library = ctypes.CDLL(path)
    for name in ("scipy_openblas_get_corename64_", "scipy_openblas_get_corename"):
        if hasattr(library, name):
            ask = getattr(library, name); ask.restype = ctypes.c_char_p
            print(ask().decode())
"""
    assert set(run_python(code, kernel_environment(place, 1)).split()) <= {"Nehalem", "ARMV8"}
    assert len(run_python(code, kernel_environment(place, 1)).split()) == 2


@pytest.mark.parametrize(
    "processor",
    [
        {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
        {"OPENBLAS_CORETYPE": "SkylakeX"},
        {"OPENBLAS_CORETYPE": "Nehalem", "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4"},
    ],
    ids=["without AVX-512", "with AVX-512", "without AVX2 and FMA"],
)
def test_arithmetic_in_a_kernel_is_the_same_on_every_processor(processor, place, monkeypatch):
    usual = run_python(ARITHMETIC, kernel_environment(place, 1))
    for name, value in processor.items():
        monkeypatch.setenv(name, value)
    assert run_python(ARITHMETIC, kernel_environment(place, 1)) == usual


@pytest.mark.slow
@pytest.mark.parametrize("processor", ["generic", "haswell"])
def test_the_compiled_simulation_is_the_same_for_every_processor(processor, place):
    environment = kernel_environment(place, 1)
    usual = run_python(SIMULATE, environment)
    other = environment | {"NUMBA_CPU_NAME": processor, "NUMBA_CACHE_DIR": str(place / "numba")}
    assert run_python(SIMULATE, other) == usual


ASIDE = """
import logging, os, sys, warnings
import numpy as np
warnings.warn("of our own")
np.log(np.zeros(1))
logging.getLogger("a.library").warning("once a process")
print("printed on the side", file=sys.stderr)
os.write(2, b"by a C library\\n")
os.write(1, b"on the other stream\\n")
"""


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_on_the_side_stands_in_the_log_and_in_no_cell(tmp_path, kind):
    folder = toy(tmp_path, ASIDE, kind)
    for words in (
        "UserWarning: of our own",
        "RuntimeWarning: divide by zero",
        "WARNING a.library: once a process",
        "printed on the side",
        "by a C library",
        "on the other stream",
    ):
        assert words in said(tmp_path)
        assert words not in outputs(folder)
    assert "plants of toy" in outputs(folder)
    assert not list(folder.rglob("*log*"))


def test_a_stage_that_warned_says_where_to_read_it(tmp_path):
    heard = []
    project = make_project(tmp_path / "project")
    write_notebook(project, "sample", f"import warnings\nwarnings.warn('a fault?')\n{BODIES['sample']}")
    execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=ONE, progress=heard.append)
    (done,) = [event for event in heard if event.kind == "done"]
    assert Path(done.message.removeprefix("with warnings, kept in ")).read_text(encoding="utf-8") == said(
        tmp_path
    )


def test_a_stage_that_says_nothing_leaves_no_log(tmp_path):
    toy(tmp_path, "", "cold")
    assert not (tmp_path / "runs" / ".logs" / "toy").exists()


def test_a_notebook_with_stderr_in_an_output_is_refused_with_cell_and_words(tmp_path):
    past = "shell = get_ipython()\nshell.kernel.session.send(shell.kernel.iopub_socket, 'stream', "
    past += "{'name': 'stderr', 'text': 'font not found'}, parent=shell.kernel.get_parent())"
    with pytest.raises(
        StageError, match=r"01_sample\.ipynb, cell In \[4\] wrote to stderr.*'font not found'"
    ):
        toy(tmp_path, past, "cold")
    assert not list((tmp_path / "runs").glob("toy/*"))


@pytest.mark.parametrize("kind", KINDS)
def test_settings_in_the_home_and_on_the_machine_are_not_read(tmp_path, kind, monkeypatch):
    home = tmp_path / "home"
    for place in (".config/matplotlib", ".ipython/profile_default/startup", ".jupyter"):
        (home / place).mkdir(parents=True)
    (home / ".config/matplotlib/matplotlibrc").write_text("figure.dpi: 222\n", encoding="utf-8")
    (home / ".ipython/profile_default/startup/00.py").write_text(
        "print('started')\nx = 1\n", encoding="utf-8"
    )
    (home / ".ipython/profile_default/ipython_config.py").write_text(
        "print('configured')\n", encoding="utf-8"
    )
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    shown = "import matplotlib, os, time, locale\nprint(matplotlib.rcParamsOrig['figure.dpi'] if hasattr(matplotlib, "
    shown += "'rcParamsOrig') else matplotlib.rcParams['figure.dpi'], 'x' in dir(), time.tzname[0], locale.getlocale())"
    text = outputs(toy(tmp_path, shown, kind))
    assert "222" not in text
    assert "False UTC" in text
    assert "started" not in text
    assert "configured" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_module_beside_the_notebooks_stands_in_for_no_library(tmp_path, kind):
    project, owned = make_project(tmp_path / "project"), tmp_path / "owned"
    for name in ("json", "pandas", "sitecustomize", "usercustomize", "methodology"):
        (project.workplace / f"{name}.py").write_text(f"open({str(owned)!r}, 'w')\n", encoding="utf-8")
    execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=ONE, kernel=kind)
    assert not owned.exists()


@posix
def test_a_deep_folder_for_temporary_files_is_no_place_for_sockets(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr(cold.tempfile, "tempdir", str(deep))
    made = private_place()
    made.rmdir()
    assert deep not in made.parents
    assert (made.stat() if made.exists() else None) is None


@pytest.mark.parametrize("kind", KINDS)
def test_where_no_place_is_short_kernels_speak_over_the_loopback(tmp_path, kind, monkeypatch):
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr(cold.tempfile, "tempdir", str(deep))
    monkeypatch.setattr(cold, "_SHORT_PLACES", ())
    assert "plants of toy" in outputs(toy(tmp_path, "", kind))
    assert list(deep.iterdir()) == []


RUNNER = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from toy_runs import STAGES, Project, choices
from toy_runs import execute_run
place = Path(sys.argv[2])
print(execute_run(
    choices(), runs_dir=place / "runs", project=Project(place / "project"), stages=STAGES[:int(sys.argv[4])],
    kernel=sys.argv[3],
))
"""
NOBODY = """
import pwd
def _unknown(*_):
    raise KeyError("uid not found")
pwd.getpwuid = pwd.getpwnam = _unknown
"""


def runner(place: Path, kind: str, stages: int = 2) -> list[str]:
    return [sys.executable, "-c", RUNNER, str(ROOT / "tests"), str(place), kind, str(stages)]


@posix
@pytest.mark.parametrize("kind", KINDS)
def test_a_user_without_name_and_home_makes_a_run(tmp_path, kind):
    make_project(tmp_path / "project")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(NOBODY, encoding="utf-8")
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(ROOT)])}
    done = subprocess.run(runner(tmp_path, kind, stages=1), env=bare, capture_output=True, text=True, cwd="/")
    assert (done.returncode, done.stderr) == (0, "")


@linux
def test_of_a_killed_runner_nothing_is_left_and_no_traceback_is_printed(tmp_path):
    project = make_project(tmp_path / "project")
    write_notebook(project, "sample", f"import time\ntime.sleep(1)\n{BODIES['sample']}")
    (tmp_path / "t").mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path / "t"), "WORKBENCH_TEST": uuid.uuid4().hex}
    for delay in (0.4, 1.2, 2.5):
        with subprocess.Popen(
            runner(tmp_path, "forked"),
            env=environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            time.sleep(delay)
            process.kill()
            _, stderr = process.communicate(timeout=60)
        assert stderr == b""
    end = time.monotonic() + 20
    while list((tmp_path / "t").iterdir()) and time.monotonic() < end:
        time.sleep(0.1)
    assert list((tmp_path / "t").iterdir()) == []


def test_what_libraries_say_while_a_run_is_made_is_kept_in_one_file(tmp_path, capfd):
    import logging

    def evidence(_: Path) -> None:
        logging.getLogger("some.library").warning("said while the page was built")

    project = make_project(tmp_path / "project")
    execute_run(
        choices(), runs_dir=tmp_path / "runs", project=project, stages=ONE, evidence=evidence, kernel="cold"
    )
    said = (tmp_path / "runs" / ".logs" / "runner.txt").read_text(encoding="utf-8")
    assert said == "WARNING some.library: said while the page was built\n"
    assert hashlib.sha256(capfd.readouterr().err.encode()).digest() == hashlib.sha256(b"").digest()


@pytest.mark.skipif(os.name == "nt", reason="users without a name and a home are of POSIX")
def test_who_has_neither_a_name_nor_a_home_gets_kernels_all_the_same(monkeypatch, tmp_path):
    import pwd

    def nobody(_):
        raise KeyError("uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("HOME", "USER", "LOGNAME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cold, "_may_be_written", lambda _: False)
    assert "NUMBA_CACHE_DIR" not in kernel_environment(tmp_path, 1)
    places = private_places(tmp_path, tmp_path, Project(ROOT), tmp_path)
    assert all(len(place) > 3 for place, _ in places)
