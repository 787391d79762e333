import { EXIT } from '../../contract/errors';
import type { ClaimRecord } from '../records';

/** How Jest itself counted. */
export interface Counts {
  passed: number;
  failed: number;
}

export interface RunVerdict {
  /** 0 leaves Jest's own exit code alone. */
  exit: number;
  /** One line for each reason. */
  reasons: string[];
}

/** What a run is held to beside its tests. */
export interface Terms {
  /** Ids committed for the target as not to be proven. */
  expected: readonly string[];
  /** What the target's probes found not to be as declared. */
  wrong: readonly string[];
  /** Nothing may stay unproven. */
  requireLive: boolean;
}

/**
 * What the exit code owes to more than the tests' own results. A failed test comes first (Jest's exit 1), then a
 * target that is not what it declares (3). Then 5: where nothing was proven at all, where the claims not proven are not the ones
 * committed for the target, and, with `requireLive`, where any is.
 */
export function judgeRun(counts: Counts, records: readonly ClaimRecord[], terms: Terms): RunVerdict {
  const { expected, wrong, requireLive } = terms;
  if (counts.failed > 0) return { exit: 0, reasons: [...wrong] };
  if (wrong.length > 0) return { exit: EXIT.notProvisioned, reasons: [...wrong] };
  const notProven = records.filter((record) => record.class === 'not proven');
  const proven = new Set(records.filter((record) => record.class === 'passed').map(({ id }) => id));
  const reasons = [
    ...(counts.passed === 0 ? ['nothing was proven: no test ran'] : []),
    ...notProven
      .filter(({ id }) => requireLive || !expected.includes(id))
      .map(({ id, missing }) => `${id} is not proven: the target lacks ${missing.join(', ')}`),
    ...expected.filter((id) => proven.has(id)).map((id) => `${id} was proven, but its target says it cannot be`),
  ];
  return { exit: reasons.length > 0 ? EXIT.notProven : 0, reasons };
}
