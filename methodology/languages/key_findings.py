"""Faults of mappings, descriptions, keys, units and parts of plants, which `findings` tells in Chinese."""

from __future__ import annotations

from methodology.languages import later

PART_FINDINGS = (
    later("{cell} announces parts of the plant above: in rows of their own they count beside it."),
    later("{cell} {how} row {row}: it reads like a part of that plant, and would count beside it."),
    later("{cell} begins with a dash: it reads like a part of the plant above, and would count beside it."),
    later("is set in below"),
    later("is grouped with"),
    later("is numbered below"),
    later("is listed below"),
    later("continues the id in"),
    later("Keep the plant or its parts; if it is a plant of its own, list it under {key} in {file}."),
    later("Keep the plant or its parts, and delete this row and the others."),
)
"""Of rows that read like parts of a plant."""
KEY_FINDINGS = (
    later("is not a known key."),
    later("Did you mean {name}?"),
    later("Check the name."),
    later("the indicator {name} has no column."),
    later("Say where it comes from, or list it under {key} if the table says nothing about it."),
    later("the column {name} is missing."),
    later("Check the table and {file}."),
    later("the header stands in columns {where}."),
    later("Rename one of them in the table, or name more rows of the header ({listed})."),
    later("the mapping says nothing about the column."),
    later("Map it, list it under {key} in {file}, or say {listed}."),
    later("the header says {one} and {file} {other}."),
    later("{unit} in the header is no known unit."),
    later("Say {key} in {file}, and what it equals under {below}, {listed}."),
    later("{unit} is no known unit."),
    later("Declare it under {key} of {file}."),
    later("Save the table as .xlsx, or say {listed} in {file}."),
    later("an amount to divide by is negative or below a limit."),
    later("Mend the amount."),
    later("{one} over {other} is not {unit}."),
    later("State {key} of both, or {other} of the second. ({listed})"),
    later("its rows have several units."),
    later("State {key}."),
    later("the unit {given} cannot be converted to {wanted}."),
    later("Choose a unit from the list. ({listed})"),
    later("it is given twice for one plant (row {row})."),
    later("it differs between rows for one plant (row {row})."),
    later("It is one row of a plant, or say {listed} in {file}."),
    later("{cell} weighs no mean."),
    later("Enter the weight."),
    later("the rows of one plant say {listed}."),
    later("Let them say the same, or choose rows by {key}."),
    later("the mapping is about the system {one}, not {other}."),
    later("the sample is about the system {one}, not {other}."),
    later("Choose the system it is about."),
    later("{unit} is a unit that is known already and keeps its meaning."),
    later("{unit} is {given}; write a number and a unit, e.g. {example}."),
    later("{unit} is stated in {other}, which is no known unit."),
    later("{unit} is {one} here, and {other} everywhere else."),
    later("Mend the definition."),
    later("{key} needs {listed}"),
    later("state {key} or {other}, not both"),
    later("name a file inside the folder, without '..', drive or leading slash"),
    later(
        "name a file that ends in {suffix}, e.g. {name}: such files stay out of the repository; "
        "never write the key itself here"
    ),
    later("{listed} needs {key}, where names and figures are published"),
    later("{listed} needs {key}, its path below the folder of the real data"),
    later("{listed} and {key} contradict each other; delete one"),
    later("a study says {listed} in place of {key}"),
    later(
        "Unit {unit} is not known. Write it with the symbols of {file}, e.g. kgce/t or 千克标准煤/吨; a "
        "product may follow a tonne below the line."
    ),
    later(
        "Unit {unit} is not known. Near matches: {listed}. Write it with the symbols of {file}, "
        "e.g. kgce/t or 千克标准煤/吨; a product may follow a tonne below the line."
    ),
    later(
        "Unit {unit} is not known. What is not understood is {listed}. Write it with the symbols "
        "of {file}, e.g. kgce/t or 千克标准煤/吨; a product may follow a tonne below the line."
    ),
    later(
        "Unit {unit} can be read in two ways: as {one} or as {other}. Write {clear}, or state what it "
        "equals under {key} of a mapping."
    ),
    later("a short ton (907.18 kg)"),
    later("a tonne (1000 kg)"),
    later("t, kt or 万t"),
    later("a metric ton (1000 kg)"),
    later("a million tonnes"),
    later("ten thousand tonnes"),
    later("a share by weight"),
    later("万t or %"),
    later("a calorie (4.1868 J)"),
    later("a kilocalorie"),
    later("a gallon of the US (3.785 L)"),
    later("an imperial gallon (4.546 L)"),
    later("half a kilogram"),
    later("a kilogram"),
    later(
        "Unit {unit} is not known. Conditions are stated beside a unit: temperature, humidity and oxygen are "
        "corrections, not units."
    ),
    later("Unit {unit} is not known. Parts per million by volume need the molar mass: state mg/m3 instead."),
    later(
        "{given} cannot be converted to {wanted}: they measure different things. Report the value in the "
        "unit of the indicator, or correct the unit that is stated."
    ),
    later(
        "{given} cannot be converted to {wanted}: a tonne of {one} is not a tonne of {other}. Multiply by "
        "the output ratio of the plant, or correct the unit that is stated."
    ),
)
JUDGEMENT_FINDINGS = (
    later("{code} is no pseudonym."),
    later("Use a code such as E1; names stay with the secretariat."),
    later("Use a code such as E1."),
    later("the code of the expert is missing."),
    later("expert {expert} is not listed in {file}."),
    later("expert {expert} is listed twice."),
    later("{name} is no node."),
    later("{name} is no item of {node}."),
    later("Known: {listed}."),
    later("{cell} is no comparison."),
    later("Write 1 to {most}, or a fraction such as 1/3."),
    later("Write 1 to {most}."),
    later("{item} is compared with itself."),
    later("Leave the row out."),
    later("{expert} compares {one} and {other} twice, first in {place}."),
    later("{expert} leaves {listed} of {node} unconnected with {first}."),
    later("{count} items need at least {least} comparisons that connect them all."),
    later("Compare them, directly or by way of others."),
    later("{turn} is no round."),
    later("Write 1, 2, 3, ..."),
    later("{cell} are no points."),
    later("Write 0 to 100."),
    later("{item} is given points twice."),
    later("Keep one row."),
    later("points of {expert} on {node} in round {turn} add up to {total}, not {wanted}."),
    later("{expert} gives {item} of {node} twice."),
    later("{expert} says nothing about {listed} of {node}."),
    later("{expert} names more than one best or worst item of {node}."),
    later("{expert} calls {item} both best and worst of {node}."),
    later("{one} over {other} is given twice and differently: {first} and {second}."),
    later("code {code} is also in {file}."),
    later("Give each expert a code of its own, e.g. E2."),
    later("nothing is filled in."),
    later("Fill in at least one of the sheets pairwise, budget, best-worst."),
    later("{cell} stands where the id {name} belongs."),
    later("The {kind} block of node {node} was moved, or the form belongs to another system."),
    later("Copy the answers into a blank form of this system."),
    later("{cell} is a date: the spreadsheet took a fraction for one."),
    later("Choose the value from the list of the cell."),
    later("the formula failed: {what}."),
    later("columns of the {kind} block of node {node} were moved, or what is printed was changed."),
    later("the cells {cells} are merged: one value stands for several answers."),
    later("Undo the merge and enter each answer."),
    later("{cell} stands below the diagonal and is not what {where} says the other way round."),
    later("Enter the comparison in {where}, and clear this cell."),
    later("Show the sheet, or delete it."),
)
"""What is said of an expert form, or of a folder of judgements."""
OF_KEYS = (
    later("Tuple should have at most {count} items after validation, not {given}"),
    later("Tuple should have at most {count} item after validation, not {given}"),
    later("Tuple should have at least {count} items after validation, not {given}"),
    later("Tuple should have at least {count} item after validation, not {given}"),
    later("List should have at most {count} items after validation, not {given}"),
    later("List should have at most {count} item after validation, not {given}"),
    later("List should have at least {count} items after validation, not {given}"),
    later("List should have at least {count} item after validation, not {given}"),
    later("Dictionary should have at most {count} items after validation, not {given}"),
    later("Dictionary should have at most {count} item after validation, not {given}"),
    later("Dictionary should have at least {count} items after validation, not {given}"),
    later("Dictionary should have at least {count} item after validation, not {given}"),
    later("Value should have at most {count} items after validation, not {given}"),
    later("Value should have at most {count} item after validation, not {given}"),
    later("Value should have at least {count} items after validation, not {given}"),
    later("Value should have at least {count} item after validation, not {given}"),
    later("Field required"),
    later("Input should be a valid string"),
    later("Input should be a valid number"),
    later("Input should be a valid number, unable to parse string as a number"),
    later("Input should be a valid integer"),
    later("Input should be a valid integer, unable to parse string as an integer"),
    later("Input should be a valid boolean"),
    later("Input should be a valid boolean, unable to interpret input"),
    later("Input should be a valid dictionary"),
    later("Input should be a valid dictionary or instance of {name}"),
    later("Input should be a valid tuple"),
    later("Input should be {listed}"),
    later("Input should be greater than or equal to {bound}"),
    later("Input should be less than or equal to {bound}"),
    later("String should have at least {count} character"),
    later("String should have at least {count} characters"),
    later("String should have at most {count} characters"),
)
"""What pydantic says of the value of a key."""
REFUSALS = (
    later("{value} is not written attribute=value."),
    later("Write e.g. size=large."),
    later("{file} is damaged and cannot be read as a Parquet table. Write it again, or save it as .xlsx."),
    later("{file} unpacks to far more than any sample. Save the table alone."),
    later("{file} is none of {listed}. Save the table as .xlsx or CSV."),
    later(
        "{file}: {count} values stand below the columns that are asked for; at most {most} are read. Keep one row "
        "for a plant and a year."
    ),
    later("{name} in {where} is no file that can be read."),
    later("plant number {number} of {key} is not in the sample. Check its id."),
    later(
        "There is no key file {name} where {key} in {file} says. Copy it there from whoever "
        "published the plants before, so that codes stay the same. For a new sample: {command} "
        "makes one."
    ),
    later(
        "The key file {name} has mode {mode}: others on this machine may use it. Who has the key "
        "and a list of names knows every code. Run {command} on it."
    ),
    later("The key file {name} cannot be read: {reason}."),
    later("{name} is no key: it is not hexadecimal. {command} makes one."),
    later(
        "The key in {name} can be guessed: it has {count} bytes, {different} of them different; "
        "{least} random bytes are the least. {command} makes one."
    ),
    later(
        "{name} exists. A new key gives every plant another code; choose another name, or keep the old key."
    ),
    later("{name} cannot be written in {where}: {reason}."),
    later("{name} does not end in {suffix}. Name it e.g. {example}: such files stay out of the repository."),
    later(
        "a number beside the names is no key: who reads this file knows every code. Run {command} "
        "in this folder, write `key: plants.key` instead (codes change once), or `public: true` if the names are "
        "published elsewhere"
    ),
    later(
        "a table of substances and amounts is described in {file} beside it, zeros under {key} there. "
        "{command} writes a first guess; delete {one} and {other} here"
    ),
    later(
        "The free-text attributes {listed} may name a plant. Evidence is public: leave them out "
        "of what is published."
    ),
    later(
        "Unit {unit} is not known. Another oxygen reference is a correction, c * (21 - O2_ref) / "
        "(21 - O2_measured), not a unit."
    ),
    later(
        "Unit {unit} is not known. Conditions are stated beside a unit: temperature, humidity and "
        "oxygen are corrections, not units."
    ),
    later("Unit {unit} is not known. Parts per million by volume need the molar mass: state mg/m3 instead."),
    later("{name} in {where} does not exist."),
    later("{name} in {where} does not exist. Did you mean {other}?"),
    later("{name} here does not exist."),
    later("{name} here does not exist. Did you mean {other}?"),
    later("{name} in {where} is a folder, not a file."),
    later("{file} has {count} bytes; at most {most} are read."),
    later("{file} holds nothing, and not keys with values, e.g. {listed}. Is it the right file?"),
    later("{file} holds a list, and not keys with values, e.g. {listed}. Is it the right file?"),
    later("{file} holds one text or number, and not keys with values, e.g. {listed}. Is it the right file?"),
    later("{file} has been altered"),
    later("{file} is missing"),
    later("{file} is no part of the run"),
    later("{file} is not the one that follows from {other}: one of the two has been altered"),
    later("{file} is not here"),
    later("{file} is another"),
    later(
        "{file}: none of the first {count} rows names more than one column of the system {system}. The "
        "header row needs {plant} and the indicators ({some}), by id or by name. {command} writes a blank "
        "table."
    ),
    later(
        "{file}: none of the first {count} rows of the sheets {listed} names a column of the system "
        "{system}. Hidden sheets are not read: {hidden}. The header row needs {plant} and the indicators "
        "({some}), by id or by name. {command} writes a blank table."
    ),
    later(
        "{file}: none of the first {count} rows of the sheets {listed} names more than one column of the "
        "system {system}. The header row needs {plant} and the indicators ({some}), by id or by name. "
        "{command} writes a blank table."
    ),
    later(
        "{file}: none of the first {count} rows of the sheets {listed} names more than one column of the "
        "system {system}. Hidden sheets are not read: {hidden}. The header row needs {plant} and the "
        "indicators ({some}), by id or by name. {command} writes a blank table."
    ),
)
"""Refusals without a list of faults: keys of pseudonyms, units that are none, files that cannot be read, runs."""
OF_YAML = (
    later("the bytes are no UTF-8 text"),
    later("it has {count} characters; at most {most} are read"),
    later("a sign that text cannot hold (bytes that are no UTF-8)"),
    later("a sign that text cannot hold ({reason})"),
    later("control characters are not allowed"),
    later("special characters are not allowed"),
    later("a second document begins"),
    later("aliases (*name) are not allowed"),
    later("tags ({tag}) are not allowed"),
    later("it is nested deeper than {most}"),
    later("a list or mapping has more than {most} items"),
    later("a key is a list or mapping; write text, in quotes if need be"),
    later("a key is {key}; write text, in quotes if need be"),
    later("a key has {count} characters; at most {most} are read"),
    later("{key} is given twice"),
    later("a text holds the invisible sign {sign}; delete it"),
    later("{number} is a number of {count} signs; at most {most} are read"),
    later("{number} would be read to another base than ten; write it plainly, or in quotes if it is text"),
    later("{date} is written like a date and is none; mend it, or put it in quotes if it is text"),
    later("did not find expected key"),
    later("did not find expected node content"),
    later("did not find expected {sign} indicator"),
    later("did not find expected {one} or {other}"),
    later("did not find expected <document start>"),
    later("did not find expected alphabetic or numeric character"),
    later("did not find expected comment or line break"),
    later("did not find expected whitespace or line break"),
    later("did not find expected hexdecimal number"),
    later("could not find expected {sign}"),
    later("mapping values are not allowed in this context"),
    later("mapping keys are not allowed in this context"),
    later("block sequence entries are not allowed in this context"),
    later("found character that cannot start any token"),
    later("found a tab character where an indentation space is expected"),
    later("found a tab character that violates indentation"),
    later("found a tab character that violate intendation"),
    later("found unexpected end of stream"),
    later("found unexpected document indicator"),
    later("found unknown escape character"),
    later("found invalid Unicode character escape code"),
    later("found an indentation indicator equal to 0"),
    later("found unexpected {sign}"),
    later("found undefined tag handle"),
    later("found unknown directive name"),
    later("found incompatible YAML document"),
    later("did not find expected tag URI"),
    later("did not find expected '!'"),
    later("did not find the expected '>'"),
    later("did not find URI escaped octet"),
    later("did not find expected whitespace"),
    later("found unexpected non-alphabetical character"),
    later("could not find expected directive name"),
    later("did not find expected digit or '.' character"),
    later("did not find expected version number"),
    later("found extremely long version number"),
    later("found duplicate %YAML directive"),
    later("found duplicate %TAG directive"),
)
"""What is not plain about YAML: what the reader says, and what libyaml does."""
MORE_FINDINGS = (*PART_FINDINGS, *KEY_FINDINGS, *JUDGEMENT_FINDINGS, *REFUSALS, *OF_KEYS, *OF_YAML)
"""All of them."""
