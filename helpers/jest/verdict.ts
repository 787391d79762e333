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

/**
 * What the exit code owes to what was not proven: 5 where nothing was proven at all, where the claims not proven are not
 * the ones committed for the target, and, with REQUIRE_LIVE=1, where any is. A failure comes first (exit 1).
 */
export function judgeRun(
  counts: Counts,
  records: readonly ClaimRecord[],
  expectedNotProven: readonly string[],
  requireLive: boolean,
): RunVerdict {
  if (counts.failed > 0) return { exit: 0, reasons: [] };
  const notProven = records.filter((record) => record.class === 'not proven');
  const proven = new Set(records.filter((record) => record.class === 'passed').map(({ id }) => id));
  const reasons = [
    ...(counts.passed === 0 ? ['nothing was proven: no test ran'] : []),
    ...notProven
      .filter(({ id }) => requireLive || !expectedNotProven.includes(id))
      .map(({ id, missing }) => `${id} is not proven: the target lacks ${missing.join(', ')}`),
    ...expectedNotProven
      .filter((id) => proven.has(id))
      .map((id) => `${id} was proven, but its target says it cannot be`),
  ];
  return { exit: reasons.length > 0 ? EXIT.notProven : 0, reasons };
}
