import { effectsOf, FEATURES, isPossible, OF_THE_RUN, type Feature, type Features } from './features';

const NAMES = Object.keys(FEATURES) as Feature[];

const couplesOf = (names: readonly Feature[]): (readonly [Feature, Feature])[] =>
  names.flatMap((a, n) => names.slice(n + 1).map((b) => [a, b] as const));

const couples = couplesOf(NAMES);

/** As `work process, items list`. */
const pairText = (a: Feature, valueOfA: string, b: Feature, valueOfB: string): string =>
  `${a} ${valueOfA}, ${b} ${valueOfB}`;

/** All pairs of values, whether or not a definition can have them. */
export const allPairs = (): string[] =>
  couples.flatMap(([a, b]) =>
    FEATURES[a].flatMap((valueOfA) => FEATURES[b].map((valueOfB) => pairText(a, valueOfA, b, valueOfB))),
  );

/** The pairs of values that both have an effect in one definition. */
export function pairsOf(features: Features): string[] {
  const haveEffect = effectsOf(features);
  return couples.filter(([a, b]) => haveEffect(a, b)).map(([a, b]) => pairText(a, features[a], b, features[b]));
}

/** Features of which three together have been wrong: every possible triple of them occurs too. */
const TRIPLES: readonly (readonly [Feature, Feature, Feature])[] = [
  ['work', 'items', 'retry'],
  ['work', 'retry', 'cancellation'],
];

/** The features whose values occur together, and the pairs of them. */
const GROUPS = [
  ...couples.map((couple) => ({ names: couple, pairs: [couple] })),
  ...TRIPLES.map((names) => ({ names, pairs: couplesOf(names) })),
];

const POSITIONS = Object.fromEntries(
  NAMES.map((name) => [name, new Map<string, number>(FEATURES[name].map((value, n) => [value, n]))]),
);

/** More than any feature has values. */
const BASE = 8;

/** A number for the values of each pair and triple that have an effect: texts are slow here. */
function partsOf(features: Features): number[] {
  const [haveEffect, parts] = [effectsOf(features), [] as number[]];
  GROUPS.forEach(({ names, pairs }, index) => {
    if (!pairs.every(([a, b]) => haveEffect(a, b))) return;
    const values = names.reduce((number, name) => number * BASE + POSITIONS[name]!.get(features[name])!, 0);
    parts.push(values * GROUPS.length + index);
  });
  return parts;
}

/** Every combination of the values of some features, with those that are given. */
const combinationsOf = (names: readonly Feature[], given: Partial<Features>): Features[] =>
  names
    .reduce<Partial<Features>[]>(
      (list, name) => list.flatMap((part) => FEATURES[name].map((value) => ({ ...part, [name]: value }))),
      [given],
    )
    .map((part) => part as Features)
    .filter(isPossible);

const ADDED = Object.keys(OF_THE_RUN) as (keyof typeof OF_THE_RUN)[];
const OF_TASK = NAMES.filter((name) => !(name in OF_THE_RUN));

/** All combinations of the features of one task that no rule excludes. */
export const possibleFeatures = (): Features[] => combinationsOf(OF_TASK, OF_THE_RUN);

let computed: readonly Features[] | undefined;

/**
 * A small set of combinations in which every possible pair occurs: first those of the features of
 * one task, then these with what happens to the whole run. Deterministic; computed once.
 */
export const coveringSet = (): readonly Features[] => (computed ??= computeCoveringSet());

function computeCoveringSet(): Features[] {
  const possible = possibleFeatures();
  const ofTask = cover(possible, []);
  const calm = possible.filter(({ limit, cancellation }) => limit === 'none' && cancellation === 'none');
  const withRun = (work: Features['work'], added: Partial<Features>) =>
    calm
      .filter((features) => features.work === work)
      .flatMap((features) => combinationsOf(['parallel', 'pause'], { ...features, ...added }));
  const ofRun = [
    ...ofTask.flatMap((features) => combinationsOf([...ADDED, 'cancellation'], features)),
    ...withRun('workflow', { whole: 'of called' }),
    ...withRun('process', { placement: 'unmet' }),
  ];
  return [...ofTask, ...cover(ofRun, ofTask)];
}

/** Each next combination has the most pairs missing beside `given`; of equals, the first. */
function cover(possible: readonly Features[], given: readonly Features[]): Features[] {
  const covered = new Set(given.flatMap(partsOf));
  const candidates = possible.map((features) => ({ features, missing: partsOf(features) }));
  const selected: Features[] = [];
  // The parts that a candidate lacks only become fewer: each one is looked at once for a number.
  for (let most = GROUPS.length; most > 0; most -= 1) {
    for (const candidate of candidates) {
      if (candidate.missing.length < most) continue;
      candidate.missing = candidate.missing.filter((part) => !covered.has(part));
      if (candidate.missing.length < most) continue;
      selected.push(candidate.features);
      candidate.missing.forEach((part) => covered.add(part));
    }
  }
  return selected;
}
