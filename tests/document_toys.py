"""Documents of the toy run, and what stands in them."""

from dataclasses import replace
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn

from methodology.documents.explanation import write_explanation
from methodology.documents.standard import write_standard
from methodology.findings.contents import RunContents
from methodology.findings.drawn import draw

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def outside(contents: RunContents) -> RunContents:
    """As the public set has a run."""
    return contents.public(lambda *_: False)


def written(contents: RunContents, name: str = "standard.docx") -> Path:
    """The draft standard of a run."""
    return write_standard(contents, contents.folder / name)


def explained(contents: RunContents, name: str = "explanation.docx") -> Path:
    """The compilation explanation of a run, with its figures."""
    return write_explanation(contents, draw(outside(contents), lambda *_: None), contents.folder / name)


def opened(path: Path):
    """A Word file as it is read."""
    return Document(str(path))


def cells(table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def texts(document) -> list[str]:
    """Everything a document says, paragraph by paragraph, cells of tables and formulas included."""
    parts = (f"{{{ns}}}t" for ns in (WORD, MATH))
    wanted = set(parts)
    return [
        "".join(node.text or "" for node in p.iter() if node.tag in wanted)
        for p in document.element.body.iter(qn("w:p"))
    ]


WARNINGS = [
    {
        "indicator": name,
        "level": level,
        "kind": "looser-than-in-force",
        "zh": f"{level}级宽于现行值",
        "en": f"{level} is looser",
    }
    for name, level in (("energy", "I"), ("energy", "II"), ("dust", "I"))
] + [
    {
        "indicator": "",
        "level": "I",
        "kind": "nobody-attains",
        "zh": "没有企业达到",
        "en": "no plant attains it",
    }
]


def with_both_promises(contents: RunContents) -> RunContents:
    """The run as one that carries both promises to the end, with warnings."""
    values = {
        entry["id"]: {level: told["proposed"] for level, told in entry["levels"].items()}
        for entry in contents.proposal["indicators"]
    }
    alone = {level: {"lowest": 0.1, "median": 0.2, "highest": 0.9} for level in ("I", "II", "III")}
    told = {"calibrated": values, "proposed": values, "each_alone": alone}
    told |= {
        "attainment": {"I": 0.125, "II": 0.25, "III": 0.5},
        "calibrated_attainment": {"I": 0, "II": 0.25, "III": 0.5},
    }
    looser = {**told, "proposed": {**values, "energy": {"I": 402.0, "II": 421.0, "III": 434.0}}}
    more = {"promise": "joint", "promises": {"marginal": told, "joint": looser}, "warnings": WARNINGS}
    return replace(contents, proposal={**contents.proposal, **more})


def printed_points(sheet) -> float:
    """Points of the smallest letters of a sheet on A4 paper, as its columns, letters and scale have it."""
    assert int(sheet.page_setup.paperSize) == 9
    area = sheet.print_area.replace("$", "").rpartition("!")[2] or sheet.dimensions
    used = [cell for row in sheet[area] for cell in row]
    known = list(sheet.column_dimensions.values())  # one stands for several neighbours of one width
    widths = [
        next(one.width for one in known if one.min <= cell.column <= one.max) for cell in sheet[area][0]
    ]
    wide = 0.24 * sum(widths)  # where a wider font stands in for that of the sheet
    long = sheet.page_setup.orientation == "landscape"
    across = (29.7 if long else 21) - 2.54 * (sheet.page_margins.left + sheet.page_margins.right)
    fitted = sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage
    scale = min(1.0, across / wide) if fitted else float(sheet.page_setup.scale or 100) / 100
    return scale * min(float(cell.font.sz) for cell in used if str(cell.value or "").strip())
