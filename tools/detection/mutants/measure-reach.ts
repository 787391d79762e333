import { join } from 'node:path';
import type { CensusLine } from '../../../helpers/scenario/census';
import { runsConfined } from '../confined';
import { emptyCoverage, readCoverage } from '../run/coverage';
import { runInCopies } from '../run/in-copies';
import { runUntilDecided } from '../run/run-until-decided';
import { COVERAGE_DIRECTORY, type Mutant } from './mutant';
import type { MutantRun } from './mutant-run';

/** What a run of claims with all mutants off showed. */
export interface ReachMap {
  /** Ids of all claims that ran. */
  readonly measured: readonly string[];
  /** Of the claims that are green, by id. */
  readonly seconds: Readonly<Record<string, number>>;
  /** By change: the claims that ran when it was reached. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Changes that were reached before the first claim, and by no claim but of a new process. */
  readonly atStart: readonly string[];
}

/** A claim, and how long it runs without a mutant, seconds. */
interface TimedClaim {
  readonly claim: CensusLine;
  readonly seconds: number;
}

interface Reached {
  /** The claims that may reach the mutant, the shortest first. */
  readonly claims: readonly TimedClaim[];
  /** Whether one of them is known to. */
  readonly isKnown: boolean;
}
export type Reach = (mutant: Mutant) => Reached;

/** Claims that run before the map of their reach is known: what an interruption loses. */
const PORTION = 40;

/**
 * Runs every claim that `earlier` does not contain with all mutants off, a portion in each copy at
 * a time, and calls back with the map of each portion. A claim that is not green then is left out.
 * Returns the map of all.
 */
export async function measureReach(
  run: MutantRun,
  earlier: readonly ReachMap[],
  onPortion: (map: ReachMap) => void,
): Promise<ReachMap> {
  const maps = [...earlier];
  const measured = new Set(earlier.flatMap((map) => map.measured));
  const left = run.census.filter(({ id }) => !measured.has(id));
  const portions = Array.from({ length: Math.ceil(left.length / PORTION) }, (_, n) =>
    left.slice(n * PORTION, (n + 1) * PORTION),
  );
  let ended = 0;
  await runInCopies(run.copies.roots, portions, async (root, portion) => {
    const map = await measurePortion(run, root, portion);
    onPortion(map);
    maps.push(map);
    ended += portion.length;
    run.reportProgress(`reach: ${ended} of ${left.length} claims ran without a mutant`);
  });
  return merged(maps);
}

/** One test file at a time, so that the notes belong to one claim; each copy has its own notes. */
async function measurePortion(
  { runClaims, stop, reportProgress }: MutantRun,
  root: string,
  claims: readonly CensusLine[],
): Promise<ReachMap> {
  const coverageDirectory = join(root, 'mutant-coverage');
  emptyCoverage(coverageDirectory);
  const variables = { [COVERAGE_DIRECTORY]: coverageDirectory };
  const request = { root, claims, stop, variables, workers: 1, sizes: 'ci' } as const;
  const { results, times } = await runUntilDecided(runClaims, request);
  for (const { claim, outcome, evidence } of results)
    if (outcome !== 'green') reportProgress(`left out: without a mutant, ${claim} is ${outcome}: ${evidence}`);
  const { byClaim, atStart } = readCoverage(coverageDirectory, times);
  const green = results.filter(({ outcome }) => outcome === 'green');
  return {
    measured: claims.map(({ id }) => id),
    seconds: Object.fromEntries(green.map((result) => [result.claim, result.seconds])),
    claims: Object.fromEntries([...byClaim].map(([id, reaching]) => [id, [...reaching]])),
    atStart: [...atStart],
  };
}

function merged(maps: readonly ReachMap[]): ReachMap {
  const ids = new Set(maps.flatMap((map) => Object.keys(map.claims)));
  return {
    measured: maps.flatMap((map) => map.measured),
    seconds: Object.assign({}, ...maps.map((map) => map.seconds)) as ReachMap['seconds'],
    claims: Object.fromEntries([...ids].map((id) => [id, maps.flatMap((map) => map.claims[id] ?? [])])),
    atStart: (maps[0]?.atStart ?? []).filter((id) => maps.every((map) => map.atStart.includes(id))),
  };
}

/**
 * The claims of each mutant. What is reached at the start only, what has no switch, and what runs
 * confined, belongs to every claim.
 */
export function reachOf({ copies, census }: MutantRun, map: ReachMap): Reach {
  const timed = census.flatMap((claim) => {
    const seconds = map.seconds[claim.id];
    return seconds === undefined ? [] : [{ claim, seconds }];
  });
  const shortestFirst = timed.sort((a, b) => a.seconds - b.seconds);
  const started = new Set(map.atStart);
  return ({ changes }) => {
    const ids = changes.map(({ id }) => id);
    const named = new Set(ids.flatMap((id) => map.claims[id] ?? []));
    const isAtStart = ids.some((id) => started.has(id));
    const isUnobserved = changes.some(({ id, file }) => copies.files.has(id) || runsConfined(file));
    const isEveryClaim = isAtStart || isUnobserved;
    const claims = isEveryClaim ? shortestFirst : shortestFirst.filter(({ claim }) => named.has(claim.id));
    return { claims, isKnown: named.size > 0 || isAtStart };
  };
}
