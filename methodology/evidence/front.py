"""The front page of the site: the proposed values and both promises before anything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import numpy as np

from methodology.evidence.contents import RunContents
from methodology.evidence.notebooks import Page, raw_html
from methodology.indicators import LEVELS, Indicator, Kind, Level
from methodology.indicators.display import number, off_target, percent, signs_explained, unit_of
from methodology.tables import (
    Overview,
    promises_side_by_side,
    proposal_comparisons,
    published,
    render_html,
    shares_text,
)


def front_page(contents: RunContents, pages: Iterable[Page]) -> str:
    """
    Write the front page as Markdown with escaped HTML parts.

    Returns
    -------
    str
        Source of `index.md`; no text of the run can close a part or open another.
    """
    system, pages = contents.system, list(pages)
    toc = "\n".join(page.name for page in pages)
    parts = [
        f"# {_plain(system.name_en)} {_plain(system.name_zh)}",
        raw_html(_lead(contents)),
        "## What is proposed",
        raw_html(_values_table(contents)),
        "## Two promises, side by side",
        raw_html(_promises(contents)),
        "## Plants of the sample under the proposal",
        raw_html(_level_bar(contents.shares)),
        "## The claims, and where each is shown",
        raw_html(_claims(pages)),
        "## Values it is compared with",
        raw_html(render_html(proposal_comparisons(contents.proposal, system))),
        "## Choices of this run",
        raw_html(_choices(contents.parameters)),
        "## Files",
        raw_html(_files(contents)),
        f"```{{toctree}}\n:hidden:\n\n{toc}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Text inside a Markdown heading: one line, every sign literal."""
    return "".join(
        f"\\{sign}" if sign in r"\`*_{}[]<>()#+-.!|$&~" else sign for sign in " ".join(text.split())
    )


def _lead(contents: RunContents) -> str:
    why = contents.parameters.get("why", "")
    count = len(contents.evaluation)
    return (
        f'<p class="lead">{"Draft" if contents.system.status == "draft" else "Published"} 征求意见稿. '
        f"Calibrated on {count} plants of the sample, run <code>{escape(contents.run)}</code>.</p>"
        + "".join(f"<p>{escape(str(text))}</p>" for text in (why, contents.system.note) if text)
    )


def _values_table(contents: RunContents) -> str:
    head = "".join(f'<th class="level level-{level}">Level {level}</th>' for level in LEVELS)
    body = []
    weights = {name: levels["I"]["weight"] for name, levels in contents.by_indicator.items()}
    for group in contents.system.groups:
        members = [item for item in contents.system.indicators if item.group == group.id]
        total = sum(weights.get(item.id, 0.0) for item in members)
        body.append(
            f'<tr class="group"><th colspan="2">{escape(group.name_en)} {escape(group.name_zh)}</th>'
            f'<td>{percent(total)}</td><td colspan="4"></td></tr>'
        )
        body += [_value_row(contents, item) for item in members]
    return (
        '<table class="values"><thead><tr><th>Indicator</th><th>Unit</th><th>Weight</th>'
        f"{head}<th>Reached by</th></tr></thead><tbody>{''.join(body)}</tbody></table>"
        "<p><small>* limiting indicator 限定性指标. Reached by: share of the plants that reach Level I, II, III of "
        "this indicator. Under each value its interval; … means that no limit exists with so few plants."
        f"{''.join(f' {line}.' for line in signs_explained(body))}</small></p>"
    )


def _value_row(contents: RunContents, indicator: Indicator) -> str:
    own = contents.by_indicator.get(indicator.id)
    if own is None:
        return ""
    cells = "".join(f"<td>{_value_cell(indicator, own, str(level))}</td>" for level in LEVELS)
    reached = shares_text(own[str(level)]["attainment"] for level in LEVELS)
    star = "*" if indicator.limiting else ""
    return (
        f"<tr><th>{escape(indicator.name_en)}{star}{off_target(indicator)}<br><small>{escape(indicator.name_zh)}</small></th>"
        f"<td>{escape(unit_of(indicator))}</td><td>{percent(own['I']['weight'])}</td>{cells}<td>{reached}</td></tr>"
    )


def _value_cell(indicator: Indicator, own: Mapping[str, Mapping[str, Any]], level: str) -> str:
    if indicator.kind is Kind.QUALITATIVE:
        described = (indicator.levels or {}).get(Level(level))
        title = escape(described.en, quote=True) if described else ""
        return f'<span class="described" title="{title}">described</span>'
    row = own[level]
    return f"<b>{published(row['proposed'], indicator)}</b><br><small>{_ends(row)}</small>"


def _ends(row: Mapping[str, Any]) -> str:
    low, high = row["lower"], row["upper"]
    if not (np.isfinite(low) or np.isfinite(high)):
        return ""
    left, right = (number(end) if np.isfinite(end) else "…" for end in (low, high))
    return f"{left} - {right}"


def _promises(contents: RunContents) -> str:
    table: Overview = promises_side_by_side(contents.attained, contents.whole, promised=contents.promised)
    kind = contents.parameters.get("thresholds", {}).get("promise", "marginal")
    kept = {
        "marginal": "This run keeps the promise for each indicator alone; the last column shows what the whole "
        "standard makes of it.",
        "joint": "This run keeps the promise for the whole standard; each indicator alone is therefore reached by more "
        "plants.",
    }.get(str(kind), "")
    return f"<p>{kept}</p>{render_html(table)}"


def _level_bar(shares: Mapping[str, float]) -> str:
    parts = "".join(
        f'<span class="level-{level}" style="flex-grow:{shares[str(level)]:.4f}" '
        f'title="{level}: {percent(shares[str(level)])}"></span>'
        for level in Level
        if shares[str(level)] > 0
    )
    words = " · ".join(
        f'<span class="key level-{level}"></span> {"Level " if level is not Level.NONE else ""}{level} '
        f"{percent(shares[str(level)])}"
        for level in Level
    )
    return f'<div class="level-bar">{parts}</div><p>{words}</p>'


def _claims(pages: Iterable[Page]) -> str:
    items = []
    for page in pages:
        claims = "".join(f"<li>{escape(claim)}</li>" for claim in page.claims)
        items.append(
            f'<li><a href="{escape(page.name, quote=True)}.html">{escape(page.title)}</a><ul>{claims}</ul></li>'
        )
    return f'<ul class="claims">{"".join(items)}</ul>'


def _choices(parameters: Mapping[str, Any]) -> str:
    rows = []
    for section, chosen in parameters.items():
        pairs = chosen.items() if isinstance(chosen, Mapping) else [("", chosen)]
        rows += [
            f"<tr><td><code>{escape('.'.join(filter(None, (str(section), str(name)))))}</code></td>"
            f"<td>{escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))}</td></tr>"
            for name, value in pairs
        ]
    return f'<details><summary>{len(rows)} choices</summary><table class="choices">{"".join(rows)}</table></details>'


def _files(contents: RunContents) -> str:
    names = {
        "../proposal.docx": "Draft with compilation explanation (Word)",
        "../proposal.xlsx": "All tables (Excel)",
        "../results/proposal.json": "Proposal for machines (JSON)",
        "../results/thresholds.csv": "Benchmark values (CSV)",
        "../results/weights.csv": "Weights (CSV)",
        "../results/evaluation.csv": "Levels of the plants (CSV)",
    }
    links = "".join(f'<li><a href="{path}">{escape(text)}</a></li>' for path, text in names.items())
    books = ", ".join(
        f'<a href="../notebooks/{escape(path.name, quote=True)}">{escape(path.name)}</a>'
        for path in contents.notebooks
    )
    return f"<ul>{links}<li>Executed notebooks: {books}</li></ul>"
