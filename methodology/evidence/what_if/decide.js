// Judges plants in the browser, as `methodology.evaluation` does: all sums are whole numbers, so that decisions at the cut
// are exact. The first part of one module for the evidence page, JupyterLab and Voilà; what_if.js is the second.

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

/** The weights after one of them is changed: the others give or take in proportion; the least whole numbers, exactly. */
export function reweighted(weights, place, share) {
  const given = weights.map(BigInt), total = given.reduce((sum, weight) => sum + weight, 0n);
  const [above, below] = fraction(share);
  const old = given[place];
  if (total === old) return weights;
  const changed = given.map((weight, i) => (i === place ? above * total * (total - old) : weight * (below - above) * total));
  const divisor = changed.reduce(gcd, 0n) || 1n;
  return changed.map((weight) => String(weight / divisor));
}

/** A decimal as it is written, as a fraction of whole numbers. */
export function fraction(text) {
  const [whole, decimals = ""] = String(text).trim().split(".");
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
}

/** Values looser than law or an index in force: [indicator, level, name of the comparator, its limit]. */
export function broken(given, state) {
  return (given.in_force ?? []).flatMap((own, i) => own.flatMap(({ name, limits }) => limits.flatMap((limit, row) => {
    const value = state.thresholds[row][i];
    return limit !== null && value !== null && value > limit ? [[i, row, name, limit]] : [];
  })));
}
