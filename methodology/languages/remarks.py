"""Remarks that stages write into their tables, in English: said here once more so that `retold` knows their Chinese.

A test finds every piece of them in the code that writes them.
"""

from methodology.languages import later

REMARKS = (
    # thresholds: flags of values, intervals, estimates
    later("mixture of populations: no smooth fit"),
    later("values change their sign: no logarithms, no ratios"),
    later("heaped: {different} different values among {plants} plants"),
    later("reached by {attained} of {plants} plants, {wanted} are wanted"),
    later("does not discriminate: {tied} of {plants} plants tie at {value}"),
    later("outside the possible range {low} to {high}"),
    later("modelled below the detection limit {limit}: the sample only shows < {shown}"),
    later("< {value}: the value lies below the detection limit"),
    later("lies outside the interval of the promised share"),
    later("same value as level {level}: the levels are not told apart"),
    later("corrected by {name}, which is scored as well"),
    later("corrects {name} and is scored as well: counted twice"),
    later("order statistics instead of {method}: {reason}"),
    later("{missing} limit: it lies among values below a detection limit"),
    later("no lower"),
    later("no upper"),
    later("a limit proves nothing here"),
    later("fewer than 3 plants"),
    later("fewer than 2 plants"),
    later("comparison only: confidence unknown"),
    later("some values lie below a limit"),
    later("values are not all positive"),
    later("fewer than two different values are measured"),
    later("a mixture of populations has no smooth fit"),
    later("{count} values below a limit: {treatment}"),
    later("attainment instead of {method}: {reason}"),
    later("limits as limits instead of {treatment}: {reason}"),
    later("bound by law or index: no interval, the sample did not set it"),
    later("off the common share"),
    later("decided by the working group"),
    later("off the common share: at the loosest admissible plant"),
    later("expert reading: {listed}"),
    later("{best} best plants"),
    later("the chains do not agree: ask for more draws"),
    later("a limit on the loose side"),
    later("a limit on the strict side"),
    later("limits on both sides"),
    later("at least {minimum} plants at or beyond the value"),
    later("an interval no wider than {share} of the plants"),
    # chain: why a promise is missed
    later(
        "With the loosest admissible values, and every unreported cell counted as reached, {most} of {plants} plants "
        "({share}) would meet the condition of level {level}, not the {wanted} wanted. In the way: {listed}."
    ),
    later(
        "With the loosest admissible values, and every unreported cell counted as reached, {most} of {plants} plants "
        "({share}) would meet the condition of level {level}, not the {wanted} wanted."
    ),
    later("{there} of {plants} plants at level {level} or better, not the {wanted} wanted: {listed}."),
    later(
        "{there} of {plants} plants at level {level} or better, not the {wanted} wanted: {listed}. Silent: {silent}."
    ),
    later("{more} more if their unreported cells were reached, which loosens nothing"),
    later("{more} more if values were read off the plants that report alone"),
    later("{more} more if values could be looser than those of the next looser level"),
    later("{more} more without law, index and the dirty end"),
    later("nothing in the way keeps a plant out by itself"),
    later(
        "{attained} plants are at level {level} or better at the smallest attainable share, more than the {wanted} "
        "wanted: they hold a stricter level, meet values of the next one, or tie."
    ),
    later(
        "One step of the common share moves {together} plants at once; {stricter} of {moving} indicators kept one "
        "plant stricter."
    ),
    later(
        "{share} of {plants} plants is no more than one plant: level {level} is calibrated for {wanted}, as many as "
        "stand behind a published value."
    ),
    later(
        "The calibrated values put {before} of the plants at level {level} or better, the proposed ones {after}: "
        "rounding, law or the disclosure guard moved {moved} of its values."
    ),
    later("{name} not reported by {plants}"),
    later("{name} described level missed by {plants}"),
    later("{name} bound by law or index, missed by {plants}"),
    later("{name} limit proves nothing for {plants}"),
    later("and {more} more"),
    later("{count} plants"),
    later("{count} plant"),
    later("{count} values"),
    later("{count} value"),
    later("imputed"),
    later("reached"),
    later("not reached"),
    later("as clean as any"),
    later("as dirty as any"),
    later("set aside"),
    later("left out"),
    # weights
    later("{node}: one item, weight 1."),
    later(
        "{node}: {expert} is left out, consistency ratio {ratio} exceeds {limit}. Worst judgement: {listed}."
    ),
    later("{node}: {expert} is left out, consistency ratio {ratio} exceeds {limit}."),
    later(
        "{one} over {other} is {value}, the other comparisons imply {exact}: with {suggested} the consistency ratio "
        "would be {ratio}"
    ),
    later("{node}: someone gave 0 points, which has no geometric mean; the arithmetic mean is taken."),
    later("{node}: {expert} left comparisons out; completed as {pairs}."),
    later("{node}: {expert} is left out, input-based ratio {ratio} exceeds the threshold {limit}."),
    later("{group}: no indicator tells the plants apart; weighed equally."),
    later(
        "No component of {listed} stands out: the first two eigenvalues are {first} and {second}. The loadings would "
        "be chance; use critic or equal."
    ),
    later("{group}: {silent} weigh 0, fewer than two different values."),
    later(
        "Loadings of {listed} are negative ({values}) although more is cleaner in every column: plants cleaner in one "
        "are dirtier in another, so loadings are not weights. Use critic, which counts conflict, or equal."
    ),
    # sample: doubts and what was done to cells
    later("the value lies {side} the bound of {bound}."),
    later("{side} the bound of {bound}"),
    later("below"),
    later("above"),
    later("kilogram and tonne exchanged"),
    later("GJ/t entered where kgce/t is asked"),
    later("MJ and GJ exchanged"),
    later("a fraction entered where per cent is asked"),
    later("a month and a year mixed"),
    later("a lost minus sign"),
    later("looks like {slip} (factor {factor})"),
    later(
        "is about 1000 times what the other plants report and can be read in {unit} as it stands or as typed in a "
        "unit 1000 times as small"
    ),
    later(
        "is about a thousandth of what the other plants report and can be read in {unit} as it stands or as typed "
        "in a unit 1000 times as large"
    ),
    later("{listed}: {relation} does not hold"),
    later("{count} plants report exactly 0; write '<' and the detection limit if nothing was found"),
    later("{count} plants report exactly {place}, without the mark '<'"),
    later("the typical detection limit"),
    later("half of it"),
    later("{count} plants report exactly {value}, a value of law or norm"),
    later("lies more than {spreads} robust standard deviations from the median"),
    later("{equal} of {both} values equal those of plant {plant}"),
    later("{count} of {both} values end in the digit {digit}"),
    later("{equal} of {both} values of {year} equal those of {before}"),
    later("jumps from {before} to {after}"),
    later("no plant reports it: no benchmark value can be formed."),
    later("no bounds are known: nothing about its values is checked."),
    later("the attribute is missing: the correction {correction} cannot be made."),
    later("{count} cells lie below a limit, though no detection limit is known for it."),
    later("{zeros} of {values} values are exactly 0 and are read as measured."),
    later("an attribute that a declared correction reads is missing"),
    later("the corrected value lies outside the bounds; check the attributes that corrections read"),
    later("counted as not reported at level {levels}"),
    later("counted as not reported"),
    later("granted at level {levels} only"),
    later("read with {corrections}, granted at this level"),
    later("{text} (assumed)"),
    later("{text} (recalled)"),
    later("converted from {given} to {wanted}"),
    later("{count} of {cells} cells hold a value and are read as none"),
    later("declared under `marks:`"),
    later("calibrated on the sample"),
    later("stated but not quantified"),
    later("the sample has no column {listed}"),
    later("flagged"),
    later("{what} ({count} cells): {reason}."),
    later("an amount of exactly zero is stated, which is not the same as unreported"),
    later("reports none of the indicators"),
    later("reports no amount to divide by"),
    later("repeats the heading"),
    later("is a note or a signature"),
    later("holds nothing but an id"),
    later("is the example of the questionnaire"),
    # series
    later("agree"),
    later("differ within what the samples can tell"),
    later("contradict"),
    later("no document in our list"),
    later("none is known to be in force"),
    later("the newest is of {year}, beside a policy document of {later}"),
    later("the newest is of {year}"),
    later("only general rules for all processes"),
    later("nobody has looked"),
    later("{count} processes"),
    later("draft"),
    later("revise"),
    later("consider"),
    later("averaging time: {one} against {other}"),
    later("unit: {one} against {other}"),
    later("oxygen reference not stated (here {oxygen})"),
    later("electricity factor: {reason}"),
    later("boundary: {reason}"),
    later("previous values"),
    later("new values, same indicators"),
    later("no Chinese value to compare with"),
    later("mean of all routes on the scope of worldsteel"),
)
