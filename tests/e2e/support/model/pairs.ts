import { FEATURES, haveEffect, isPossible, OF_THE_RUN, type Feature, type Features } from './features';

const NAMES = Object.keys(FEATURES) as Feature[];

/** Every pair of two features, as `work process, items list`. */
const couples = NAMES.flatMap((a, n) => NAMES.slice(n + 1).map((b) => [a, b] as const));

const pairText = (a: Feature, valueOfA: string, b: Feature, valueOfB: string): string =>
  `${a} ${valueOfA}, ${b} ${valueOfB}`;

/** All pairs of values, whether or not a definition can have them. */
export const allPairs = (): string[] =>
  couples.flatMap(([a, b]) =>
    FEATURES[a].flatMap((valueOfA) => FEATURES[b].map((valueOfB) => pairText(a, valueOfA, b, valueOfB))),
  );

/** The pairs of values that both have an effect in one definition. */
export const pairsOf = (features: Features): string[] =>
  couples.filter(([a, b]) => haveEffect(features, a, b)).map(([a, b]) => pairText(a, features[a], b, features[b]));

/** Features of which three together have been wrong: every possible triple of them occurs too. */
const TRIPLES: readonly (readonly [Feature, Feature, Feature])[] = [
  ['work', 'items', 'retry'],
  ['work', 'retry', 'cancellation'],
];

/** The triples of values that all have an effect in one definition. */
const triplesOf = (features: Features): string[] =>
  TRIPLES.filter(
    ([a, b, c]) => haveEffect(features, a, b) && haveEffect(features, b, c) && haveEffect(features, a, c),
  ).map((names) => names.map((name) => `${name} ${features[name]}`).join(', '));

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
  const ofTask = cover(possibleFeatures(), []);
  const calm = possibleFeatures().filter(({ limit, cancellation }) => limit === 'none' && cancellation === 'none');
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

/** Each next combination has the most pairs that are missing beside `given`. */
function cover(possible: readonly Features[], given: readonly Features[]): Features[] {
  const numbers = new Map<string, number>();
  const numberOf = (pair: string): number => {
    const number = numbers.get(pair) ?? numbers.size;
    numbers.set(pair, number);
    return number;
  };
  const partsOf = (features: Features) => [...pairsOf(features), ...triplesOf(features)].map(numberOf);
  const known = new Set(given.flatMap(partsOf));
  let candidates = possible
    .map((features) => ({ features, missing: partsOf(features).filter((part) => !known.has(part)) }))
    .filter(({ missing }) => missing.length > 0);
  const selected: Features[] = [];
  while (candidates.length > 0) {
    const best = candidates.reduce((most, each) => (each.missing.length > most.missing.length ? each : most));
    const covered = new Set(best.missing);
    selected.push(best.features);
    candidates = candidates
      .map(({ features, missing }) => ({ features, missing: missing.filter((pair) => !covered.has(pair)) }))
      .filter(({ missing }) => missing.length > 0);
  }
  return selected;
}
