"""Commands and their exit codes.

Exit codes: 0 done, 1 a stage failed, 2 the input is at fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from methodology.errors import harmless

app = typer.Typer(
    name="workbench",
    help="Benchmark values and weights of cleaner-production standards, with their evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

RunsFolder = Annotated[
    Path | None,
    typer.Option("--runs", help="Folder that holds the runs; by default runs/, in a study its own."),
]
StudyFolder = Annotated[
    Path | None, typer.Argument(help="A study, or a file of params/runs/; by default the one you stand in.")
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        max=256,
        help="Stages, or points of a sweep, at a time; by default as many as there are processors, at most two.",
    ),
]
SystemOption = Annotated[str, typer.Option("--system", help="Id of the indicator system.")]


class Several(TyperCommand):
    """A command that takes `--plants a b c`, as a shell writes `--plants *.xlsx`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse arguments with one value behind each option."""
        return super().parse_args(ctx, one_by_one(args))


def one_by_one(words: list[str]) -> list[str]:
    """
    Repeat the name of an option before each of its values.

    Examples
    --------
    >>> one_by_one(["study", "--plants", "a", "b", "--system", "coking"])
    ['study', '--plants', 'a', '--plants', 'b', '--system', 'coking']
    """
    spread: list[str] = []
    current = ""
    for word in words:
        if word.startswith("--"):
            current = word if word in ("--plants", "--experts") else ""
        elif current and spread[-1] != current:
            spread.append(current)
        spread.append(word)
    return spread


def with_options(folder: Path | None, words: Sequence[str]) -> tuple[Path | None, list[str]]:
    """
    Tell a folder from options meant for another program.

    Examples
    --------
    >>> with_options(Path("--port"), ["8899", "--no-browser"])
    (None, ['--port', '8899', '--no-browser'])
    """
    if folder is not None and str(folder).startswith("-"):
        return None, [str(folder), *words]
    return folder, list(words)


def say(text: str | Path = "") -> None:
    """Write one line of a command's answer; a path alone as it is, because programs read it."""
    typer.echo(text if isinstance(text, Path) else harmless(text, keep="\n\t"))


def say_table(table: Any) -> None:
    """Write a table for a terminal."""
    from methodology.tables.overview import render_text

    say(render_text(table))


@app.command()
def run(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of params/runs/, or a study; by default the one you stand in."),
    ] = None,
    overrides: Annotated[
        list[str], typer.Option("--set", help="section.field=value, typed by the model.")
    ] = [],  # noqa: B006
    jobs: JobsOption = None,
    force: Annotated[bool, typer.Option("--force", help="Execute again what is up to date.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say why each stage would run; run nothing.")] = False,
    progress: Annotated[str, typer.Option(help="auto, quiet or json.")] = "auto",
    runs: RunsFolder = None,
) -> None:
    """Execute the notebooks of a run; the last line printed is the run folder."""
    from methodology.cli.running import run_files

    run_files(files or [], overrides, jobs=jobs, force=force, why=why, progress=progress, runs=runs)


@app.command(cls=Several)
def new(
    folder: Annotated[
        Path, typer.Argument(help="Folder of the study: none yet, or empty; outside the repository.")
    ],
    system: SystemOption,
    plants: Annotated[
        list[Path] | None, typer.Option("--plants", help="Filled questionnaires, or folders of them.")
    ] = None,
    experts: Annotated[
        list[Path] | None, typer.Option("--experts", help="Filled expert forms, or folders of them.")
    ] = None,
) -> None:
    """Make a study of one's own, with copies of what plants and experts sent."""
    from methodology.cli.studies import make_study

    make_study(folder, system, plants or [], experts or [])


@app.command()
def check(
    sample: Annotated[
        Path | None,
        typer.Argument(
            help="A sample folder, a table, an expert's form, or a study (its folder, or a file of params/runs/); "
            "by default the one you stand in."
        ),
    ] = None,
    system: Annotated[
        str, typer.Option("--system", help="Id of the indicator system; a study names its own.")
    ] = "",
    annotate: Annotated[
        Path | None,
        typer.Option(
            help="Write a copy with notes at the cells (.xlsx); of a study, copies into a folder of it."
        ),
    ] = None,
) -> None:
    """List every problem of a sample, an expert's form or a study at once; exit 2 if there is any."""
    from methodology.cli.studies import check_study, is_study, refuse_missing, study_of, system_of

    if sample is None or is_study(sample):
        check_study(study_of(sample), annotate)
        return
    refuse_missing(sample)
    from methodology.cli.plants import check_plants

    check_plants(sample, system or system_of(study_of(None)), annotate)


@app.command("map")
def map_columns(
    file: Annotated[Path, typer.Argument(help="A table in somebody else's layout.")],
    system: SystemOption,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
) -> None:
    """Guess what the columns of a foreign table mean: a first mapping.yaml, for a person to correct."""
    from methodology.cli.plants import write_mapping

    write_mapping(file, system, output)


@app.command()
def key(file: Annotated[Path, typer.Argument(help="File to make, e.g. plants.key.")]) -> None:
    """Make the key under which the plants of a sample are published."""
    from methodology.cli.plants import write_key

    write_key(file)


@app.command()
def template(
    system: Annotated[str, typer.Argument(help="Id of the indicator system.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Workbook to write (.xlsx); with --after a new folder.")
    ],
    experts: Annotated[
        bool, typer.Option("--experts", help="Write the expert form, not the questionnaire.")
    ] = False,
    after: Annotated[
        Path | None,
        typer.Option(help="Judgements of the round before: one form per expert for the next, with feedback."),
    ] = None,
) -> None:
    """Write the blank questionnaire for plants, the form for experts, or the forms of a next round."""
    from methodology.cli.plants import write_next_round, write_template

    if after is not None:
        write_next_round(system, output, after)
    else:
        write_template(system, output, experts=experts)


@app.command()
def evaluate(
    proposal: Annotated[Path, typer.Argument(help="proposal.json of a run or a draft, or its folder.")],
    sample: Annotated[Path, typer.Argument(help="A sample folder, .csv or workbook, or a study.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="New folder for a page and a Word file of each plant."),
    ] = None,
) -> None:
    """Print the levels of other plants under a proposal, and write a report for each plant if asked for."""
    from methodology.cli.plants import evaluate_plants

    evaluate_plants(proposal, sample, output)


@app.command()
def outcome(
    proposal: Annotated[
        Path, typer.Argument(help="proposal.json of a run or a draft, the public one too, or its folder.")
    ],
    sample: Annotated[Path, typer.Argument(help="A later sample: folder, .csv or workbook.")],
    pilot: Annotated[
        Path | None, typer.Option("--pilot", help="YAML of a pilot: title, first and last day, plants.")
    ] = None,
) -> None:
    """Set promise against outcome: what a later sample, or a pilot's plants, reach, and which values to revise."""
    from methodology.cli.plants import outcome_of_promise

    outcome_of_promise(proposal, sample, pilot)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="Folder of a run.")],
    jobs: JobsOption = None,
    progress: Annotated[str, typer.Option(help="auto, quiet or json.")] = "auto",
) -> None:
    """Execute a run again; exit 0 only if every result is identical bit for bit."""
    from methodology.cli.running import verify_run

    verify_run(folder, jobs=jobs, progress=progress)


@app.command()
def diff(
    first: Annotated[Path, typer.Argument()],
    second: Annotated[Path, typer.Argument()],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Page to write (.html), with a table (.csv) beside it; internal."
        ),
    ] = None,
) -> None:
    """Show what changed between two runs or drafts: parameters, data, values, levels."""
    from methodology.cli.drafting import refuse_unfit, write_diff
    from methodology.cli.running import diff_runs
    from methodology.runs.asides import drawn_apart

    if output is not None:
        refuse_unfit(output)
    diff_runs(first, second)
    if output is not None:
        with drawn_apart():
            write_diff(first, second, output)


@app.command()
def sweep(
    file: Annotated[
        Path | None, typer.Argument(help="A file of params/sweeps/, or a study with one; by default yours.")
    ] = None,
    scheduler: Annotated[str, typer.Option(help="Address of a dask scheduler, tcp://…")] = "",
    jobs: JobsOption = None,
    progress: Annotated[str, typer.Option(help="auto, quiet or json.")] = "auto",
    runs: RunsFolder = None,
) -> None:
    """Run a grid or a Latin hypercube of parameters over systems."""
    from methodology.cli.running import sweep_file

    sweep_file(file, scheduler=scheduler, jobs=jobs, runs=runs, progress=progress)


@app.command()
def propose(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of a run, or a study (folder or file of params/runs/): its newest run; by default yours."
        ),
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="YAML of values that the working group decided.")
    ] = None,
    jobs: JobsOption = None,
    progress: Annotated[str, typer.Option(help="auto, quiet or json.")] = "auto",
) -> None:
    """Execute a run again, as `verify` does, and make it a numbered draft if every result is identical."""
    from methodology.cli.running import propose_run

    propose_run(folder, decisions, jobs=jobs, progress=progress)


@app.command()
def comments(
    draft: Annotated[Path, typer.Argument(help="Folder of a draft, drafts/<system>/<number>.")],
    forms: Annotated[
        list[Path] | None, typer.Argument(help="Filled comment forms, or the disposition table worked on.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Workbook to write (.xlsx).")] = None,
) -> None:
    """Write the comment form of a draft; with filled forms, their disposition table."""
    from methodology.cli.drafting import comments_on

    comments_on(draft, forms or [], output)


@app.command("runs")
def list_runs(
    action: Annotated[str, typer.Argument(help="list or prune.")] = "list", runs: RunsFolder = None
) -> None:
    """List the runs, or prune those no draft refers to."""
    from methodology.cli.running import list_or_prune

    list_or_prune(action, runs)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def lab(
    context: typer.Context,
    study: StudyFolder = None,
    voila: Annotated[
        bool, typer.Option("--voila", help="Serve the what-if alone, by Voilà: nothing can be executed.")
    ] = False,
) -> None:
    """Open JupyterLab on a start page; options of JupyterLab pass through, e.g. --no-browser --port 8899."""
    from methodology.cli.running import open_lab

    open_lab(*with_options(study, context.args), voila=voila)
