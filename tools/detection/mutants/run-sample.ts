import { createHash } from 'node:crypto';
import { readCensus } from '../../../helpers/scenario/census';
import { runClaims } from '../run/run-claims';
import { createInstrumentedCopies, type MutantSource } from './instrumented-copy';
import { measureReach, reachOf } from './measure-reach';
import type { Mutant } from './mutant';
import type { MutantResult, MutantRun } from './mutant-run';
import { openResultFile } from './result-file';
import { runMutants } from './run-mutants';

export interface SampleRequest {
  /** Of the project. */
  readonly root: string;
  readonly source: MutantSource;
  /** Of the platform and its claims: a map of reach is kept for the same sources only. */
  readonly digest: string;
  /** Those to run, in the order in which they run. */
  readonly select: (mutants: readonly Mutant[]) => readonly Mutant[];
  /** Copies that run at the same time. */
  readonly platforms: number;
  /** Path of a result file, which is continued. */
  readonly results?: string | undefined;
  readonly stop: AbortSignal;
  readonly reportProgress: (line: string) => void;
}

/**
 * Mutants that all get their results before the next ones start: the portions of a run that is
 * interrupted are a random sample, too.
 */
const PORTION = 40;

/** Runs a sample of a source's mutants, as far as the result file does not contain them. */
export async function runSample(request: SampleRequest): Promise<MutantResult[]> {
  const { root, platforms, results: path, stop, reportProgress } = request;
  const copies = await createInstrumentedCopies(root, platforms, request.source);
  try {
    const { mutants } = copies;
    const selected = request.select(mutants);
    reportProgress(`${selected.length} of ${mutants.length} mutants`);
    const measured = measuredOf(request.digest, mutants);
    const file = path === undefined ? undefined : openResultFile(path, { mutants, selected, measured });
    const earlier = file?.earlier ?? [];
    const known = new Set(earlier.map(({ mutant }) => mutant.id));
    const left = selected.filter(({ id }) => !known.has(id));
    if (left.length === 0) return [...earlier];
    const run: MutantRun = {
      copies,
      census: readCensus(root),
      runClaims,
      stop,
      reportProgress,
      savedTrials: file?.trials ?? new Map(),
      saveTrial: (trial) => file?.appendTrial(trial),
    };
    const map = await measureReach(run, file?.reach ?? [], (portion) => file?.appendReach(portion));
    const reach = reachOf(run, map);
    const results: MutantResult[] = [];
    for (let start = 0; start < left.length; start += PORTION) {
      const portion = left.slice(start, start + PORTION);
      results.push(...(await runMutants(run, reach, portion, (result) => file?.append(result))));
      reportProgress(`${results.length} of ${left.length} mutants have a result`);
    }
    return [...earlier, ...results];
  } finally {
    copies.remove();
  }
}

function measuredOf(digest: string, mutants: readonly Mutant[]): string {
  const hash = createHash('sha256').update(digest);
  for (const { id } of mutants) hash.update(`${id}\0`);
  return hash.digest('hex');
}
