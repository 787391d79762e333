import type { CensusLine } from '../scenario/census';
import type { TestRecord } from '../scenario/test-records';
import type { RunFacts } from '../target/run-facts';
import { worstLines, type Exceeded } from './worst-lines';

/**
 * A line for the tests that sent more requests than its budget in the census. On the platform that
 * the suite starts only: waits on another one may have to read at intervals.
 */
export function requestLines(
  { kind }: Pick<RunFacts, 'kind'>,
  records: readonly Pick<TestRecord, 'id' | 'class' | 'requests'>[],
  census: readonly Pick<CensusLine, 'id' | 'requests'>[],
): string[] {
  if (kind !== 'started') return [];
  const budgets = new Map(census.map(({ id, requests }) => [id, requests ?? Infinity]));
  const exceeded = records.flatMap(({ id, class: outcome, requests = 0 }): Exceeded[] => {
    const budget = budgets.get(id) ?? Infinity;
    const text = `Requests:    ${id} sent ${requests} of ${budget}`;
    return outcome === 'passed' && requests > budget ? [{ factor: requests / budget, text }] : [];
  });
  return worstLines(exceeded, (count) => `Requests:    ${count} more tests sent more than their number`);
}
