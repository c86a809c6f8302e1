"""Documents a draft leans on: those it makes its clauses, the sentences that cite them, and those it only follows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from methodology.documents.chinese import wide
from methodology.documents.clauses import Clause
from methodology.findings.contents import RunContents
from methodology.indicators.display import mark

RECALLED = "†　凭记忆引用，未核对原文。"
ASSUMED = "‡　起草者设定。"
_NORMATIVE = ("GB", "HJ")
_CITED = {
    "energy": "综合能耗的计算应符合{}的规定。",
    "carbon": "二氧化碳排放量的核算应符合{}的规定。",
    "monitoring": "污染物的监测应符合{}的规定。",
    "air": "污染物的排放除按本文件评价外，还应符合{}的规定。",
    "management": "能源管理体系和排污许可的证明应符合{}的规定。",
}
"""What the draft asks of a plant by the standards on a field: each that it lists is cited, as GB/T 1.1 wants."""
_FIELDS = {"water": "air"}
"""Fields that are cited in the sentence of another."""
_DRAFTING = frozenset({"drafting", "cleaner-production"})


def signs(texts: Iterable[str]) -> list[str]:
    """Explain the signs behind numbers and titles that stand in texts."""
    together = "".join(texts)
    return [text for text in (RECALLED, ASSUMED) if text[0] in together]


def related(contents: RunContents, *, in_force: bool = False) -> list[tuple[str, str, str, str]]:
    """Chinese documents about the process: number, title, sign of one that nobody has read, state."""
    states = {"in force": "现行", "superseded": "已代替"}
    return [
        (
            _number(str(row["number"])),
            re.sub(r"(?<=[一-鿿]) (?=[一-鿿第])", "　", wide(str(row["title"]))),
            mark(str(row["known"])),
            states.get(row["status"], "未核实"),
        )
        for row in contents.standards.to_dict("records")
        if row["region"] == "CN"
        and (row["status"] == "in force" or not in_force)
        and {"all", contents.system.id}.intersection(str(row["process"]).split())
    ]


def cited_as(number_: str, title: str) -> tuple[str, str]:
    """
    Number and title of a document; one that was published without a number is known by its year.

    Examples
    --------
    >>> cited_as("GB/T 2589—2020", "综合能耗计算通则"), cited_as("编制通则（试行稿）2013", "编制通则（试行稿）")
    (('GB/T 2589—2020', '综合能耗计算通则'), ('', '编制通则（试行稿）（2013年）'))
    """
    known = re.fullmatch(r"[一-鿿（）]+(\d{4})", number_)
    return ("", f"{title}（{known[1]}年）") if known else (number_, title)


def _number(text: str) -> str:
    return wide(re.sub(r"(?<=\d)-(?=\d{4}$)", "—", text))


def _normative(contents: RunContents) -> list[tuple[str, str, str, str]]:
    rows = (row for row in related(contents, in_force=True) if _is_normative(contents, row[0]))
    return sorted(rows, key=lambda row: _in_order(row[0]))


def cited(contents: RunContents) -> list[Clause]:
    """One sentence per field, with every standard that is listed as a normative reference."""
    found: dict[str, list[str]] = {field: [] for field in _CITED}
    for number_, *_ in _normative(contents):
        fields = [_FIELDS.get(field, field) for field in sorted(_aspects(contents)[number_].split())]
        found[next((field for field in fields if field in found), "management")].append(number_)
    return [Clause("p", [_CITED[field].format("、".join(own))]) for field, own in found.items() if own]


def references(contents: RunContents) -> list[Clause]:
    """Standards in force for the process that the draft leans on; one that nobody has read says so."""
    rows = _normative(contents)
    found = [Clause("plain", [f"　　{name}　{title}{sign}"]) for name, title, sign, _ in rows]
    return found + [Clause("where", [text]) for text in signs(row[2] for row in rows)]


def _in_order(number_: str) -> tuple[bool, str, list[int], str]:
    """National standards first by number, whether mandatory or not, then those of an industry, as GB/T 1.1 asks."""
    letters = re.match(r"[A-Z]*", number_)
    kind = letters[0] if letters else ""
    return kind != "GB", kind, [int(part) for part in re.findall(r"\d+", number_)], number_


def bibliography(contents: RunContents) -> list[Clause]:
    """Guidelines, earlier indices and policies that the draft follows without making them its clauses."""
    rows = [row for row in related(contents, in_force=True) if not _is_normative(contents, row[0])]
    found = [
        Clause("plain", [f"[{place}]　{'　'.join(filter(None, cited_as(name, title)))}{sign}"])
        for place, (name, title, sign, _) in enumerate(rows, start=1)
    ]
    return found + [Clause("where", [text]) for text in signs(row[2] for row in rows)]


def _is_normative(contents: RunContents, number_: str) -> bool:
    """Whether a document is a standard of requirements or methods, and none on how such standards are written."""
    return number_.startswith(_NORMATIVE) and not _DRAFTING.intersection(_aspects(contents)[number_].split())


def _aspects(contents: RunContents) -> dict[str, str]:
    """Fields of every document, by its number as it is printed."""
    rows = contents.standards.to_dict("records")
    return {_number(str(row["number"])): str(row["aspect"]) for row in rows}
