// What if one value, one weight or the cut were different? Draws what decide.js finds.

/** Every text in Chinese and in English; the page hides one of them. */
const words = {
  opened: ["起点", "Opened on"], changed: ["（已改动）", "(changed)"], indicator: ["指标", "Indicator"], value: ["基准值", "Benchmark value"], weight: ["权重", "Weight"],
  cut: ["Ⅰ、Ⅱ级分数线", "Score for Levels I and II"], limiting: ["限定性指标", "Limiting indicator"], whole: ["整个标准", "Whole standard"],
  target: ["目标占比：沿边界移动全部基准值", "Target share: all values move along the frontier"],
  alongside: ["本体系测算一次（workbench run）之后，可沿边界移动。", "After a run (workbench run) all values can move along the frontier."],
  beside: ["边界上为测算值；起点已修约，不在边界上。", "Values on the frontier are as calibrated; those opened on are rounded, and lie beside it."],
  alone: ["本指标", "This indicator"], level: ["级", "Level"], before: ["起点", "Opened on"], after: ["改动后", "After"],
  moves: ["级别变动的企业", "Plants that move"], nobody: ["没有企业变动。", "No plant moves."], undo: ["撤销", "Undo"],
  reset: ["恢复起点", "Start again"], keep: ["记为方案A", "Keep as A"], compare: ["方案A", "State A"],
  save: ["存为情景", "Save as scenario"],
  held: ["情景与拟定值一样修约，不得宽于法规，也不透露单家企业的数值；宽于原指标的，以此理由记录为决定。",
    "A scenario is rounded, held to law and to what may be disclosed, as a proposal is; what is looser than the index is recorded as decided for this reason."], why: ["理由", "Why"], better: ["达到该级或更好", "At the level or better"],
  reached: ["达标企业／适用企业", "Plants that reach it, of those it applies to"], all: ["全部指标", "All indicators"],
  law: ["宽于法规或原指标的基准值", "Values looser than law or an index in force"], lawful: ["没有。", "None."],
  already: ["起点已如此", "so already where it opened"],
  disorder: ["Ⅰ级不得宽于Ⅱ级，Ⅱ级不得宽于Ⅲ级：未采用。", "Level I may not be looser than II, nor II than III: not taken."],
  number: ["不是可用的数：未采用。", "No number that can be used: not taken."], noWhy: ["请先写明理由，至少10字。", "Say why first, in 10 letters or more."],
  weightless: ["这样改会使某家企业没有任何计权指标：未采用。", "A plant would be left with no weight at all: not taken."],
  onlyOne: ["权重全在这一项上：未采用。", "This indicator holds the whole weight: not taken."],
  nothing: ["与起点相同，无可保存。", "Nothing that a scenario holds differs from where it opened."],
};
const unsaved = "# 限定性标记的改动不在情景中 Changed limiting marks are no choices of a scenario";
const ROMAN = ["Ⅰ", "Ⅱ", "Ⅲ"], MOST = 15;

const level = (code) => (code === 3 ? ["未达级", "none"] : [`${ROMAN[code]}级`, `Level ${LEVELS[code]}`]);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const plain = (value) => (value === null ? "" : String(Number(value.toPrecision(12))));
const same = (one, other) => String(one) === String(other);
/** A text in quotes as YAML reads it: what it may not hold is written as an escape. */
const quoted = (text) => JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g,
  (sign) => `\\u${sign.codePointAt(0).toString(16).padStart(4, "0")}`);

function element(tag, parent, text = "", kind = "") {
  const made = document.createElement(tag);
  if (Array.isArray(text)) say(made, text);
  else if (text !== "") made.textContent = text;
  if (kind) made.className = kind;
  parent?.append(made);
  return made;
}
/** The language that stands first where both are shown. */
let first = "zh";
const ordered = ([zh, en]) => (first === "en" ? [["en", en], ["zh-CN", zh]] : [["zh-CN", zh], ["en", en]]);
function say(parent, words) {
  ordered(words).forEach(([language, text], place) => {
    if (place) parent.append(" ");
    element("span", parent, text).lang = language;
  });
}
/** A text where no element may stand: in the language the page shows, in both where it shows both. */
const spoken = ([zh, en]) => ({ zh, en })[document.documentElement.dataset.language]
  ?? ordered([zh, en]).map(([, text]) => text).join(" ");

/** What is left of a state after a change; the values of the plants never change and are shared. */
const copied = (state) => ({ ...state, thresholds: state.thresholds.map((row) => [...row]), weights: [...state.weights],
  limiting: [...state.limiting], cuts: state.cuts.map((cut) => [...cut]) });
const written = ({ thresholds, weights, limiting, cuts }) => String([thresholds, weights, limiting, cuts]);

/** A share of whole numbers as a decimal of nine places. */
function decimal(part, total) {
  const scaled = (2n * BigInt(part) * 10n ** 9n + total) / (2n * total);
  return `${scaled / 10n ** 9n}.${String(scaled % 10n ** 9n).padStart(9, "0")}`;
}
const sumOf = (weights) => weights.map(BigInt).reduce((sum, part) => sum + part, 0n);

/** Where all values stand: one of the promises opened on, a step of the frontier, or values as they are; lines of YAML. */
function point(given, state, why, held) {
  const start = (given.starts ?? []).slice(1).find((one) => same(one.thresholds, state.thresholds));
  if (start && !held) return ["thresholds:", `  promise: ${start.promise}`];
  const reason = `  point_reason: ${quoted(why)}`;
  const step = Object.values(given.frontier ?? {}).flat().find((one) => same(one.thresholds, state.thresholds));
  if (step) return ["thresholds:", "  promise: strictness", ...LEVELS.map((name, row) => `  strictness_${name}: ${step.strictness[row]}`), reason];
  const rows = given.ids.map((id, i) => {
    const of = (row) => String(state.thresholds[row][i] * given.signs[i]);
    return given.movable[i] ? [`    - {indicator: ${id}, I: ${of(0)}, II: ${of(1)}, III: ${of(2)}}`] : [];
  });
  return ["thresholds:", "  promise: values", reason, "  given:", ...rows.flat(), ...releases(given, state, why)];
}

/** Decisions to be looser than the index that is revised: those of the run, and the values that are so now. */
function releases(given, state, why) {
  const own = given.looser ?? [], known = new Set(own.map(([id, name]) => `${id} ${name}`));
  const found = (given.in_force ?? []).flatMap((all, i) => all.filter(({ index }) => index).flatMap(({ limits }) =>
    limits.flatMap((limit, row) => (limit !== null && state.thresholds[row][i] > limit ? [[given.ids[i], LEVELS[row], why]] : []))));
  const added = found.filter(([id, name]) => !known.has(`${id} ${name}`));
  if (!added.length) return [];
  return ["proposal:", "  looser:", ...[...own, ...added].map(([id, name, reason]) =>
    `    - {indicator: ${id}, level: ${name}, reason: ${quoted(reason)}}`)];
}

/** The YAML of a scenario, or null where it would differ in nothing. All values are named: others would be promised anew. */
export function scenario(given, state, why) {
  const judged = given.judged, cut = !same(state.cuts, judged.cuts), weighed = !same(state.weights, judged.weights);
  if (same(state.thresholds, judged.thresholds) && !cut && !weighed) return null;
  const lines = [`# 起点 Opened on: ${quoted(given.run)}`, `base: ${quoted(given.base)}`, `why: ${quoted(why)}`];
  lines.push(...point(given, state, why, cut || weighed));
  if (cut) lines.push("evaluation:", `  cut: ${Number(state.cuts[0][0]) / Number(state.cuts[0][1])}`);
  if (weighed) {
    const total = sumOf(state.weights);
    lines.push("weights:", "  method: given", "  combine_with: none", "  decimals: 6", "  given:");
    given.ids.forEach((id, i) => lines.push(`    - {indicator: ${id}, weight: ${decimal(state.weights[i], total)}}`));
  }
  return [...lines, ...(same(state.limiting, judged.limiting) ? [] : [unsaved])].join("\n") + "\n";
}

/** Plants whose level changes, those that move alike in one sentence. */
function sentences(plants, from, now) {
  const groups = new Map();
  plants.forEach((plant, p) => {
    const way = `${from[p]}${now[p]}`;
    if (from[p] !== now[p]) groups.set(way, [...(groups.get(way) ?? []), plant]);
  });
  return [...groups].sort().map(([way, names]) => {
    const [a, b] = [...way].map(Number), [zhA, enA] = level(a), [zhB, enB] = level(b), falls = b > a, one = names.length === 1;
    const listed = one ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
    const verb = falls ? (one ? "falls" : "fall") : (one ? "rises" : "rise");
    return [`${names.join("、")}由${zhA}${falls ? "降为" : "升为"}${zhB}。`, `${listed} ${verb} from ${enA} to ${a === 3 || b === 3 ? enB : LEVELS[b]}.`];
  });
}

/** The controls, without what they do. */
function controls(form, given) {
  const label = (text) => { const made = element("label", form); say(element("span", made), text); return made; };
  const named = (input, text) => { // the switch of the page tells it anew by what `data-` holds
    input.setAttribute("aria-label", spoken(text));
    Object.assign(input.dataset, { in: "aria-label", zh: text[0], en: text[1] });
    return input;
  };
  const chosen = (text) => named(element("select", label(text)), text);
  const typed = (parent, type, text) => Object.assign(named(element("input", parent), text), { type, ...(type === "number" ? { step: "any" } : {}) });
  const starts = given.starts?.length > 1 ? chosen(words.opened) : null, choose = chosen(words.indicator);
  const inputs = LEVELS.map((name, row) => {
    const text = [`${ROMAN[row]}级${words.value[0]}`, `${words.value[1]}, Level ${name}`], line = label(text);
    return { slide: typed(line, "range", text), number: typed(line, "number", text), unit: element("span", line, "", "unit") };
  });
  const fault = element("p", form, "", "fault");
  fault.setAttribute("role", "alert");
  const weight = typed(label(words.weight), "number", words.weight), cut = typed(label(words.cut), "number", words.cut);
  const limiting = typed(label(words.limiting), "checkbox", words.limiting);
  const dials = Object.entries(given.frontier ?? {}).filter(([, steps]) => steps.length > 1);
  if (dials.length) element("h3", form, words.target);
  const along = dials.map(([name, steps]) => {
    const row = LEVELS.indexOf(name), line = label([`${ROMAN[row]}级及以上`, `Level ${name} or better`]);
    const slide = typed(line, "range", [`${ROMAN[row]}级目标占比`, `Target share, Level ${name}`]);
    Object.assign(slide, { min: 0, max: steps.length - 1, step: 1 });
    return { slide, steps, row, keys: steps.map((one) => String(one.thresholds)), share: element("output", line) };
  });
  element("p", form, dials.length ? words.beside : words.alongside, "note");
  return { starts, choose, inputs, fault, weight, cut, limiting, along };
}

/** Draw the instrument into an element; `get(name)` of the model gives the state. */
function render({ model, el }) {
  const given = model.get("state");
  let state = given.judged, kept = null, dragged = false, listing = false;
  first = given.first ?? "zh";
  const begun = decide(state), past = [], opened = new Set(broken(given, state).map(String));
  const root = element("div", el, "", "what-if"), form = element("div", root, "", "what-if-form");
  const { starts, choose, inputs, fault, weight, cut, limiting, along } = controls(form, given);
  let buttons = element("div", form, "", "buttons");
  const button = (name, act) => {
    const made = element("button", buttons, words[name]);
    Object.assign(made, { type: "button", onclick: act }).dataset.act = name;
    return made;
  };
  const undo = button("undo", () => { if (past.length) { state = past.pop(); show(); } });
  button("reset", () => change((next) => { Object.assign(next, copied(given.judged)); }));
  button("keep", () => { kept = decide(state); show(); });
  const line = element("label", form), why = (element("span", line, words.why), element("input", line));
  Object.assign(why, { type: "text", maxLength: 500 });
  buttons = element("div", form, "", "buttons");
  button("save", save);
  element("p", form, words.held, "note");
  const whole = element("div", root, "", "what-if-whole"), answer = element("div", root, "", "what-if-answer");
  whole.setAttribute("aria-live", "polite");

  const at = () => Number(choose.value);
  /** Say what was wrong, beside what was touched. */
  const complain = (text, beside = inputs.at(-1).slide.parentElement) => {
    beside.after(fault);
    fault.replaceChildren();
    if (text) say(fault, text);
  };
  /** Take a change, or say why not; the steps of one drag are undone at once. */
  function change(act, further = false) {
    const next = copied(state), wrong = act(next);
    complain(wrong);
    const taken = !wrong && written(next) !== written(state);
    if (taken) { if (!further) past.push(state); state = next; }
    show();
    return taken;
  }
  function setValue(row, text, further) {
    return change((next) => {
      const value = Number(text);
      if (String(text).trim() === "" || !Number.isFinite(value)) return words.number;
      next.thresholds[row][at()] = value * given.signs[at()];
      const own = next.thresholds.map((limits) => limits[at()]);
      return own[0] > own[1] || own[1] > own[2] ? words.disorder : undefined;
    }, further);
  }
  const placed = (thresholds, further) => change((next) => { next.thresholds = thresholds.map((row) => [...row]); }, further);
  inputs.forEach(({ slide, number }, row) => {
    slide.oninput = () => { dragged = setValue(row, slide.value, dragged) || dragged; };
    slide.onchange = () => { dragged = false; };
    number.onchange = () => setValue(row, number.value);
  });
  along.forEach(({ slide, steps }) => {
    slide.oninput = () => { dragged = placed(steps[slide.value].thresholds, dragged) || dragged; };
    slide.onchange = () => { dragged = false; };
  });
  weight.onchange = () => change((next) => {
    if (!/^0?\.\d{1,6}$|^0$/.test(weight.value.trim())) return words.number;
    if (next.weights.every((text, i) => i === at() || text === "0")) return words.onlyOne;
    next.weights = reweighted(next.weights, at(), weight.value.trim());
    const counts = (applies) => applies.some((yes, i) => yes && next.weights[i] !== "0");
    return next.applies.every(counts) ? undefined : words.weightless;
  });
  cut.onchange = () => change((next) => {
    const points = Number(cut.value);
    if (!/^\d{1,3}(\.\d{1,6})?$/.test(cut.value.trim()) || !(points > 0 && points <= 100)) return words.number;
    const [above, below] = fraction(cut.value);
    next.cuts[0] = next.cuts[1] = [String(above), String(below)];
  });
  limiting.onchange = () => change((next) => { next.limiting[at()] = limiting.checked; });
  choose.onchange = () => { complain(); show(); };
  if (starts) starts.onchange = () => placed(given.starts[starts.value].thresholds);

  function save() {
    const reason = why.value.trim();
    const text = [...reason].length < 10 ? null : scenario(given, state, reason);
    complain([...reason].length < 10 ? words.noWhy : text ? undefined : words.nothing, buttons);
    if (!text) return;
    const link = element("a", null);
    link.href = URL.createObjectURL(new Blob([text], { type: "text/yaml" }));
    link.download = "scenario.yaml";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function table(parent, head, rows) {
    const made = element("table", parent), top = element("tr", element("thead", made)), body = element("tbody", made);
    head.forEach((text) => element("th", top, text));
    rows.forEach((row) => { const line = element("tr", body); row.forEach((text) => element("td", line, text)); });
  }
  function bars(parent, named) {
    const made = element("div", parent, "", "bars");
    for (const [title, levels] of named) {
      element("span", made, title);
      const line = element("div", made, "", "bar");
      [0, 1, 2, 3].forEach((code) => {
        const part = element("span", line, "", `code-${code}`), count = levels.filter((own) => own === code).length;
        part.style.flexGrow = count;
        part.title = `${spoken(level(code))}: ${count}`;
      });
    }
    const legend = element("div", made, "", "legend");
    [0, 1, 2, 3].forEach((code) => {
      const one = element("span", legend);
      element("i", one, "", `code-${code}`);
      say(one, level(code));
    });
  }
  const better = (levels, row) => levels.filter((code) => code <= row).length;
  const shown = (row, i, value = state.thresholds[row][i]) => (value === null ? "" : plain(value * given.signs[i]));
  function reached(row, i) {
    const values = state.values[state.values.length === 1 ? 0 : row], limit = state.thresholds[row][i];
    let told = 0, yes = 0;
    values.forEach((own, plant) => {
      if (!state.applies[plant][i]) return;
      told += 1;
      if (own[i] !== null && limit !== null && own[i] <= limit) yes += 1;
    });
    return `${yes} / ${told}`;
  }

  /** What the controls say. */
  function showControls(i, levels) {
    undo.disabled = past.length === 0;
    inputs.forEach(({ slide, number, unit }, row) => {
      [slide.min, slide.max, slide.step] = given.ranges[i];
      slide.value = number.value = shown(row, i);
      unit.textContent = given.units[i];
    });
    const total = sumOf(state.weights);
    weight.value = plain(Number((BigInt(state.weights[i]) * 1000000n * 2n + total) / (2n * total)) / 1000000);
    cut.value = plain(Number(state.cuts[0][0]) / Number(state.cuts[0][1]));
    limiting.checked = state.limiting[i];
    const key = String(state.thresholds);
    along.forEach(({ slide, steps, keys, share, row }) => {
      const reached = better(levels, row) / given.plants.length, away = steps.map((step) => Math.abs(step.attained - reached));
      const step = keys.indexOf(key);
      slide.value = step >= 0 ? step : away.indexOf(Math.min(...away));
      share.textContent = percent(reached);
    });
    if (starts) starts.value = given.starts.findIndex((one) => same(one.thresholds, state.thresholds));
  }
  function showLaw() {
    element("h3", answer, words.law);
    const found = broken(given, state).map((one) => [opened.has(String(one)), one]).sort(([a], [b]) => a - b);
    const list = element("ul", answer, "", "law"), more = found.length - MOST;
    if (!found.length) element("li", list, words.lawful);
    for (const [old, one] of found.slice(0, MOST)) {
      const [i, row, [zh, en], limit] = one, unit = given.units[i];
      const [value, bound] = [shown(row, i), shown(row, i, limit)].map((text) => `${text} ${unit}`);
      const note = old ? [`（${words.already[0]}）`, ` (${words.already[1]})`] : ["", ""];
      element("li", list, [`${given.names[i][0]}${ROMAN[row]}级${value}，宽于${zh}的${bound}${note[0]}`,
        `${given.names[i][1]}, Level ${LEVELS[row]}: ${value} is looser than ${en}, ${bound}${note[1]}`], old ? "old" : "new");
    }
    if (more > 0) element("li", list, [`另有${more}项。`, `${more} more.`]);
  }
  function showAll() {
    const details = element("details", answer);
    element("summary", details, words.all);
    details.open = listing;
    details.ontoggle = () => { if (listing !== details.open) { listing = details.open; show(); } };
    if (!listing) return;
    const total = sumOf(state.weights);
    table(details, [words.indicator, words.weight, ...LEVELS.map((_, row) => level(row))], given.names.map((name, i) => [
      name, decimal(state.weights[i], total).slice(0, 6), ...LEVELS.map((_, row) => `${shown(row, i)} (${reached(row, i)})`)]));
  }

  function show() {
    const now = decide(state), i = at(), from = kept ?? begun, title = kept ? words.compare : words.before;
    showControls(i, now.levels);
    whole.replaceChildren();
    answer.replaceChildren();
    element("h3", whole, words.whole);
    bars(whole, [[title, from.levels], [words.after, now.levels]]);
    table(whole, [words.better, title, words.after], LEVELS.map((_, row) => [level(row), ...[from, now].map(({ levels }) =>
      `${better(levels, row)} (${percent(better(levels, row) / given.plants.length)})`)]));
    element("h3", whole, words.moves);
    const told = sentences(given.plants, from.levels, now.levels), list = element("ul", whole, "", "moves");
    (told.length ? told : [words.nobody]).forEach((text) => element("li", list, text));
    element("h3", answer, words.alone);
    table(answer, [words.level, words.reached], LEVELS.map((_, row) => [level(row), reached(row, i)]));
    if (given.in_force?.some((own) => own.length)) showLaw();
    showAll();
    el.dataset.levels = now.levels.join("");
  }
  /** Texts of menus, which hold no elements, in the language the page shows. */
  function fill() {
    const [i, start] = [choose.value, starts?.value];
    const option = (menu, value, text) => { element("option", menu, spoken(text)).value = value; };
    choose.replaceChildren();
    given.names.forEach((name, place) => { if (given.movable[place]) option(choose, place, name); });
    if (i !== "") choose.value = i;
    starts?.replaceChildren();
    if (!starts) return;
    given.starts.forEach(({ name }, place) => option(starts, place, name));
    option(starts, -1, words.changed);
    starts.lastChild.hidden = true;
    if (start) starts.value = start;
  }
  fill();
  show();
  const watching = new MutationObserver(() => { fill(); show(); });
  watching.observe(document.documentElement, { attributeFilter: ["data-language"] });
  return () => watching.disconnect();
}

export default { render };
