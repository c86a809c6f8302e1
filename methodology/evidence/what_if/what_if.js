// What if one value, one weight or the cut were different? Judges plants in the browser, as `methodology.evaluation` does.
// One module for the evidence page, JupyterLab and Voilà. All sums are whole numbers, so that decisions at the cut are exact.

const LEVELS = ["I", "II", "III"];
const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a; };
const lcm = (a, b) => (a / gcd(a, b)) * b;

/** Whole numbers in the proportions of the weights after redistribution over what applies. */
function redistributed(weights, groups, applies, wide) {
  const total = new Map(), applying = new Map();
  weights.forEach((weight, i) => {
    total.set(groups[i], (total.get(groups[i]) ?? 0n) + weight);
    applying.set(groups[i], (applying.get(groups[i]) ?? 0n) + (applies[i] ? weight : 0n));
  });
  let common = 1n;
  for (const part of applying.values()) if (part) common = lcm(common, part);
  const parts = weights.map((weight, i) => {
    const part = applying.get(groups[i]);
    return applies[i] && part ? weight * total.get(groups[i]) * (common / part) : 0n;
  });
  const divisor = parts.reduce(gcd, 0n) || 1n, whole = parts.map((part) => part / divisor);
  const sum = whole.reduce((one, other) => one + other, 0n);
  // Products with a cut of at most six decimals stay whole in a double up to here; beyond, whole numbers of any length.
  return !wide && sum < 2n ** 53n / 10n ** 10n ? [whole.map(Number), Number(sum), Number] : [whole, sum, BigInt];
}

let remembered = { key: "", patterns: new Map() };

/** Weights of a plant after redistribution; remembered until the weights change, for a drag changes values alone. */
function patternsOf(state) {
  const wide = state.cuts.flat().some((digits) => digits.length > 9);
  const key = `${state.weights} ${state.groups} ${wide}`;
  if (remembered.key !== key) remembered = { key, patterns: new Map() };
  const weights = state.weights.map(BigInt);
  return (applies) => {
    const pattern = applies.map(Number).join("");
    if (!remembered.patterns.has(pattern)) {
      remembered.patterns.set(pattern, redistributed(weights, state.groups, applies, wide));
    }
    return remembered.patterns.get(pattern);
  };
}

/**
 * Decide the level of every plant: 0, 1, 2 for I, II, III and 3 for none.
 * state: values [1 or 3][plant][indicator] (smaller is cleaner, null where nothing is proven), thresholds [level][indicator],
 * weights (whole numbers, as texts), groups, limiting, applies [plant][indicator], cuts (points as [numerator, denominator]), strict.
 */
export function decide(state) {
  const count = state.weights.length, weightsOf = patternsOf(state), levels = [];
  state.applies.forEach((applies, plant) => {
    const [whole, total, kind] = weightsOf(applies);
    const reached = [];
    for (let level = 0; level < 3; level++) {
      const values = state.values[state.values.length === 1 ? 0 : level][plant];
      const row = [];
      for (let i = 0; i < count; i++) {
        const limit = state.thresholds[level][i];
        const own = values[i] !== null && limit !== null && values[i] <= limit;
        row.push(own || (level > 0 && reached[level - 1][i]));
      }
      reached.push(row);
    }
    const sums = reached.map((row) => row.reduce((sum, yes, i) => (yes ? sum + whole[i] : sum), kind(0)));
    const holds = (level) => {
      const [above, below] = state.cuts[level].map(kind);
      if (kind(100) * sums[level] * below < above * total) return false;
      if (level === 2) return true;
      for (let i = 0; i < count; i++) {
        if (!applies[i]) continue;
        if (state.limiting[i] && !reached[level][i]) return false;
        if (level === 0 && state.strict && !state.limiting[i] && !reached[1][i]) return false;
      }
      return true;
    };
    const level = [0, 1, 2].find(holds);
    levels.push(level === undefined ? 3 : level);
  });
  return { levels };
}

/** The weights after one of them is changed: the others give or take in proportion; whole numbers, exactly. */
export function reweighted(weights, place, share) {
  const given = weights.map(BigInt), total = given.reduce((sum, weight) => sum + weight, 0n);
  const [above, below] = fraction(share);
  const old = given[place];
  if (total === old) return weights;
  return given.map((weight, i) =>
    String(i === place ? above * total * (total - old) : weight * (below - above) * total));
}

/** A decimal as it is written, as a fraction of whole numbers. */
export function fraction(text) {
  const [whole, decimals = ""] = String(text).trim().split(".");
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
}

const words = {
  indicator: "指标 Indicator", value: "基准值 Benchmark value", weight: "权重 Weight", cut: "I、II级分数线 Score for Levels I and II",
  limiting: "限定性指标 Limiting indicator", whole: "整个标准 Whole standard", alone: "本指标 This indicator alone",
  level: "级 Level", before: "原方案 Before", after: "改动后 After", none: "无级 None", moves: "级别变动的企业 Plants that move",
  nobody: "没有企业变动 No plant moves", undo: "撤销 Undo", reset: "恢复原方案 Start again", keep: "记为方案A Keep as A",
  compare: "与方案A相比 Compared with A", save: "存为情景 Save as scenario", why: "理由 Why",
  disorder: "I级不得宽于II级，II级不得宽于III级：未采用。 Level I may not be looser than II, nor II than III: not taken.",
  number: "不是可用的数：未采用。 No number that can be used: not taken.", orbetter: "达到该级或更好 At the level or better",
  reached: "达标企业 / 适用企业 Plants that reach it, of those it applies to", noWhy: "请先写明理由。 Say why first.",
  weightless: "这样改会使某家企业没有任何计权指标：未采用。 A plant would be left with no weight at all: not taken.",
  onlyOne: "权重全在这一项上：未采用。 This indicator holds the whole weight: not taken.",
  nothing: "情景只记基准值和分数线，二者均未改动。 A scenario holds values and the cut, and neither is changed.",
  unsaved: "# 权重和限定性标记的改动不在情景中 Changed weights and limiting marks are no choices of a scenario",
  from: "# 起点 Opened on:",
};

function element(tag, parent, text = "", kind = "") {
  const made = document.createElement(tag);
  if (text !== "") made.textContent = text;
  if (kind) made.className = kind;
  parent?.append(made);
  return made;
}

const level = (code) => (code === 3 ? words.none : LEVELS[code]);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const plain = (value) => (value === null ? "" : String(Number(value.toPrecision(12))));
/** A text in quotes as YAML reads it: what it may not hold is written as an escape. */
const quoted = (text) => JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g,
  (sign) => `\\u${sign.codePointAt(0).toString(16).padStart(4, "0")}`);

/** What is left of a state after a change; the values of the plants never change and are shared. */
const copied = (state) => ({ ...state, thresholds: state.thresholds.map((row) => [...row]), weights: [...state.weights],
  limiting: [...state.limiting], cuts: state.cuts.map((cut) => [...cut]) });

const written = ({ thresholds, weights, limiting, cuts }) => String([thresholds, weights, limiting, cuts]);

/** The YAML of a scenario, or null where it would differ in nothing. All values are named: others would be promised anew. */
export function scenario(given, state, why) {
  const judged = given.judged, moved = String(state.thresholds) !== String(judged.thresholds);
  const cut = String(state.cuts) !== String(judged.cuts);
  if (!moved && !cut) return null;
  const lines = [`${words.from} ${quoted(given.run)}`, `base: ${quoted(given.base)}`, `why: ${quoted(why)}`];
  if (moved) {
    lines.push("thresholds:", "  promise: values", `  point_reason: ${quoted(why)}`, "  given:");
    given.ids.forEach((id, i) => {
      const of = (row) => String(state.thresholds[row][i] * given.signs[i]);
      if (given.movable[i]) lines.push(`    - {indicator: ${id}, I: ${of(0)}, II: ${of(1)}, III: ${of(2)}}`);
    });
  }
  if (cut) lines.push("evaluation:", `  cut: ${Number(state.cuts[0][0]) / Number(state.cuts[0][1])}`);
  const other = String([state.weights, state.limiting]) !== String([judged.weights, judged.limiting]);
  return [...lines, ...(other ? [words.unsaved] : [])].join("\n") + "\n";
}

/** Draw the instrument into an element; `get(name)` of the model gives the state. */
export function render({ model, el }) {
  const given = model.get("state");
  let state = given.judged, kept = null, dragged = false;
  const first = decide(state), past = [];
  const root = element("div", el, "", "what-if");
  const form = element("div", root, "", "what-if-form");
  const label = (text) => { const made = element("label", form); element("span", made, text); return made; };
  const choose = element("select", label(words.indicator));
  given.names.forEach((name, i) => { if (given.movable[i]) { const made = element("option", choose, name); made.value = i; } });
  const inputs = LEVELS.map((name) => {
    const line = label(`${words.value} ${name}`);
    const slide = element("input", line), number = element("input", line);
    slide.type = "range"; slide.setAttribute("aria-label", `${words.value} ${name}`);
    number.type = "number"; number.step = "any";
    element("span", line, "", "unit");
    return { slide, number, line };
  });
  const weight = element("input", label(words.weight)), cut = element("input", label(words.cut));
  for (const input of [weight, cut]) { input.type = "number"; input.step = "any"; }
  const limiting = element("input", label(words.limiting)); limiting.type = "checkbox";
  const fault = element("p", form, "", "fault"); fault.setAttribute("role", "alert");
  let buttons = element("div", form, "", "buttons");
  const button = (text, act) => { const made = element("button", buttons, text); made.type = "button"; made.onclick = act; return made; };
  const undo = button(words.undo, () => { if (past.length) { state = past.pop(); show(); } });
  button(words.reset, () => change((next) => Object.assign(next, copied(given.judged))));
  button(words.keep, () => { kept = decide(state); show(); });
  const why = element("input", label(words.why)); why.type = "text"; why.maxLength = 500;
  buttons = element("div", form, "", "buttons");
  button(words.save, save);
  const answer = element("div", root, "", "what-if-answer"); answer.setAttribute("aria-live", "polite");

  const at = () => Number(choose.value), sign = () => given.signs[at()];
  const of = (row) => (state.thresholds[row][at()] === null ? null : state.thresholds[row][at()] * sign());

  /** Take a change, or say why not; the steps of one drag are undone at once. */
  function change(act, further = false) {
    const next = copied(state);
    const wrong = act(next);
    fault.textContent = typeof wrong === "string" ? wrong : "";
    const taken = typeof wrong !== "string" && written(next) !== written(state);
    if (taken) { if (!further) past.push(state); state = next; }
    show();
    return taken;
  }
  function setValue(row, text, further) {
    return change((next) => {
      const value = Number(text);
      if (String(text).trim() === "" || !Number.isFinite(value)) return words.number;
      next.thresholds[row][at()] = value * sign();
      const own = next.thresholds.map((limits) => limits[at()]);
      return own[0] > own[1] || own[1] > own[2] ? words.disorder : undefined;
    }, further);
  }
  inputs.forEach(({ slide, number }, row) => {
    slide.oninput = () => { dragged = setValue(row, slide.value, dragged) || dragged; };
    slide.onchange = () => { dragged = false; };
    number.onchange = () => setValue(row, number.value);
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
  choose.onchange = () => { fault.textContent = ""; show(); };

  function save() {
    if ([...why.value.trim()].length < 10) { fault.textContent = words.noWhy; return; }
    const text = scenario(given, state, why.value.trim());
    fault.textContent = text ? "" : words.nothing;
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
        part.title = `${level(code)}: ${count}`;
      });
    }
  }
  const better = (levels, row) => levels.filter((code) => code <= row).length;

  function show() {
    const now = decide(state), plants = given.plants.length, i = at();
    undo.disabled = past.length === 0;
    inputs.forEach(({ slide, number, line }, row) => {
      const range = given.ranges[i];
      [slide.min, slide.max, slide.step] = range;
      slide.value = number.value = plain(of(row));
      line.querySelector(".unit").textContent = given.units[i];
    });
    const total = state.weights.map(BigInt).reduce((sum, part) => sum + part, 0n);
    weight.value = plain(Number((BigInt(state.weights[i]) * 1000000n * 2n + total) / (2n * total)) / 1000000);
    cut.value = plain(Number(state.cuts[0][0]) / Number(state.cuts[0][1]));
    limiting.checked = state.limiting[i];
    answer.replaceChildren();
    const from = kept ?? first, title = kept ? words.compare : words.before;
    element("h3", answer, words.whole);
    bars(answer, [[title, from.levels], [words.after, now.levels]]);
    table(answer, [words.orbetter, title, words.after], LEVELS.map((name, row) => [
      name, ...[from, now].map(({ levels }) => `${better(levels, row)} (${percent(better(levels, row) / plants)})`)]));
    element("h3", answer, words.alone);
    const told = given.plants.map((_, plant) => plant).filter((plant) => state.applies[plant][i]);
    table(answer, [words.level, words.reached], LEVELS.map((name, row) => {
      const values = state.values[state.values.length === 1 ? 0 : row];
      const limit = state.thresholds[row][i];
      const count = told.filter((plant) => values[plant][i] !== null && limit !== null && values[plant][i] <= limit).length;
      return [name, `${count} / ${told.length}`];
    }));
    element("h3", answer, words.moves);
    const moved = given.plants.map((name, plant) => [name, from.levels[plant], now.levels[plant]]).filter(([, a, b]) => a !== b);
    if (!moved.length) element("p", answer, words.nobody);
    const list = element("ul", answer, "", "moves");
    moved.forEach(([name, a, b]) => element("li", list, `${name}: ${level(a)} → ${level(b)}`));
    el.dataset.levels = now.levels.join("");
  }
  show();
}

export default { render };
