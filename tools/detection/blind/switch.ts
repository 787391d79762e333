import '../mutants/record-coverage';
import { ACTIVE_MUTANTS } from '../mutants/mutant';
import type { Counters } from '../mutants/record-coverage';

const active = new Set((process.env[ACTIVE_MUTANTS] ?? '').split(' '));

/**
 * Whether the process runs with this edit. Notes that its place was reached.
 *
 * @public used by the sources that `switchedSource` writes
 */
export function isOn(id: string): boolean {
  const counters = ((globalThis as Counters).__stryker__ ??= {});
  const { static: counts } = (counters.mutantCoverage ??= { static: {} });
  counts[id] = 1;
  return active.has(id);
}
