"""Write every notebook as text below `text/`, in the percent format, so that a change of method is a short diff.

One way: the notebook is edited, its mirror never. `python notebooks/mirror.py` writes all of them.
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
_HEAD = "# Mirror of {name}, without its outputs: edit the notebook, then `python notebooks/mirror.py`.\n"


def mirror(notebook: Path) -> str:
    """Cells of a notebook as a Python script: prose in comments, code as it is."""
    parts = [_HEAD.format(name=notebook.name)]
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source, tags = "".join(cell["source"]).splitlines(), cell["metadata"].get("tags", [])
        told = f" tags={json.dumps(tags)}" if tags else ""
        if cell["cell_type"] == "code":
            lines = [f"# {line}" if line.lstrip().startswith(("%", "!")) else line for line in source]
            parts.append("\n".join([f"# %%{told}", *lines]) + "\n")
        else:
            lines = [f"# {line}".rstrip() for line in source]
            parts.append("\n".join([f"# %% [{cell['cell_type']}]{told}", *lines]) + "\n")
    return "\n".join(parts)


def mirrors() -> dict[Path, str]:
    """Text by the file that should hold it."""
    return {HERE / "text" / f"{path.stem}.py": mirror(path) for path in sorted(HERE.glob("*.ipynb"))}


def main() -> None:
    """Write all mirrors, and remove those of notebooks that are gone."""
    wanted = mirrors()
    for old in set((HERE / "text").glob("*.py")) - wanted.keys():
        old.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
