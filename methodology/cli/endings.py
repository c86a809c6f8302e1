"""Turn whatever ends a command into a message and an exit code.

0 done, 1 a failure, 2 the input is at fault, 130 and 143 stopped by Ctrl-C and by a signal to end, 141 nobody reads the
answer any more: what other programs end with too, and as silently.
"""

from __future__ import annotations

import errno
import os
import platform
import shlex
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from methodology import __version__
from methodology.cli.stopping import asked, stopping_when_asked, tell
from methodology.errors import Problem, WorkbenchError, harmless

_REASONS = {
    errno.ENOSPC: "The disk is full. Free some space and run the same command again. 磁盘已满，请腾出空间后重试。",
    errno.EACCES: "The folder or file may not be written. Choose another with --runs or -o. 无写入权限，请另选位置。",
    errno.EROFS: "The file system is read-only. Choose another folder with --runs or -o. 文件系统只读，请另选位置。",
}
_WRONG_PATH = (
    "No file or folder can have this path, or a folder above it is missing. Check it. 路径无效，请检查。"
)
_REASONS |= dict.fromkeys(
    (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP), _WRONG_PATH
)
_UNHEARD = 128 + getattr(signal, "SIGPIPE", 13)
_LONGEST = 200
"""Characters of a path that are repeated."""
_HELD = "Or another program has it open, e.g. Word or Excel: close it there. 若其他程序（如 Word）正打开它，请先关闭。"
"""What Windows calls a lack of rights as well."""
_REFUSED = "The operating system refused. 操作系统拒绝了该操作。"
_OURS = (
    "This is a fault of the workbench, not of your input: {what}. The report with the traceback and the command to "
    "repeat it is in {place}; it may quote single values of your files, so read it before you pass it on.\n"
    "这是程序自身的错误，并非输入有误。错误报告（含调用栈与重现命令）见上述文件；其中可能引用个别输入值，转交前请先查看。"
)
_HEAD = """\
Report of a fault of the workbench.
It holds no tables of plants; the last line of the traceback may quote a value.
command:   {command}
folder:    {folder}
workbench: {version}
python:    {python}
system:    {system}
time:      {time}

"""


def outcome_of(command: Callable[[], object]) -> int:
    """
    Exit code of a command, once its end has been said on stderr.

    Parameters
    ----------
    command : callable
        Does the work; its errors are those of the workbench, of the command line, of the system, or ours.
    """
    try:
        with stopping_when_asked():
            done = command()
            sys.stdout.flush()
        code = done if isinstance(done, int) else 0
    except BaseException as fault:
        code = 0 if asked() else _code_of(fault)
    if asked():
        tell()
        return 128 + asked()
    return code


def _err(text: str) -> None:
    with suppress(OSError, ValueError):  # nobody may be listening any more
        print(harmless(text, keep="\n\t"), file=sys.stderr, flush=True)  # noqa: T201 - what a command says of its end


def _code_of(fault: BaseException) -> int:
    """Say what ended a command that was not asked to stop."""
    if _is_unheard(fault):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _UNHEARD
    if isinstance(fault, SystemExit):
        return fault.code if isinstance(fault.code, int) else int(fault.code is not None)
    if isinstance(fault, KeyboardInterrupt):
        tell()
        return 128 + signal.SIGINT
    if isinstance(fault, WorkbenchError):
        _err("\n".join([f"{type(fault).__name__}: {fault}", *_in_chinese(fault)]))
        return fault.exit_code
    if hasattr(fault, "show") and hasattr(fault, "exit_code"):  # typer's: an option that is none
        fault.show()
        return int(fault.exit_code)
    if isinstance(fault, OSError):
        place = str(fault.filename or "")
        place = place if len(place) <= _LONGEST else f"{place[:_LONGEST]}…"
        said = ": ".join(filter(None, (fault.strerror or type(fault).__name__, place)))
        held = f"\n{_HELD}" if os.name == "nt" and fault.errno == errno.EACCES else ""
        _err(f"{said}\n{_REASONS.get(fault.errno or 0, _REFUSED)}{held}")
        return 1
    if isinstance(fault, MemoryError):
        _err("Memory ran out. Use fewer --jobs, or a smaller table. 内存不足，请减少并行数或缩小数据。")
        return 1
    what = " ".join(f"{type(fault).__name__}: {fault}".split())[:200]
    _err(_OURS.format(what=what, place=_report(fault)))
    return 1


def _in_chinese(fault: WorkbenchError) -> list[str]:
    """The faults of an input in Chinese, or the one that the message tells, as far as they are known in it."""
    from methodology.languages.findings import all_in_chinese

    return all_in_chinese(fault.problems or [Problem(str(fault))])


def _is_unheard(fault: BaseException) -> bool:
    """Whether nobody reads our answer any more; Windows says of a closed pipe what it says of much else."""
    if isinstance(fault, SystemExit) and fault.__context__ is not None:  # typer's answer to it
        return _is_unheard(fault.__context__)
    if os.name != "nt" or not isinstance(fault, OSError) or fault.errno != errno.EINVAL:
        return isinstance(fault, BrokenPipeError)
    try:
        sys.stdout.flush()
    except OSError:
        return True
    return False


def _report(fault: BaseException) -> str:
    """Write the report among the temporary files, never into a run; its place, or the line at fault without one."""
    text = _HEAD.format(
        command=(subprocess.list2cmdline if os.name == "nt" else shlex.join)(["workbench", *sys.argv[1:]]),
        folder=Path.cwd() if Path().exists() else "removed meanwhile",
        version=__version__,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        system=platform.platform(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    ) + "".join(traceback.format_exception(fault))
    try:
        handle, path = tempfile.mkstemp(prefix="workbench-fault-", suffix=".txt")
        with open(handle, "w", encoding="utf-8", newline="\n", errors="backslashreplace") as file:
            file.write(text)
        return path
    except OSError:
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        return f"no file, for none could be written ({Path(frame.filename).name}, line {frame.lineno})"
