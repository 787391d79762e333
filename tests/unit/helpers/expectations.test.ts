import { appendFileSync } from 'node:fs';
import { expectAttempts, expectConcurrent, expectOrder, expectPauses } from '../../../helpers/scenario/expectations';
import { openLedger } from '../../../helpers/scenario/ledger';
import { randomName } from '../../../helpers/scenario/names';
import type { Time } from '../../../helpers/scenario/time/time';
import type { ExecutionSummary } from '../../../contract/executions';
import { testDirectory } from '../../test-directory';

const scratch = testDirectory();

const START_MS = Date.parse('2026-01-27T10:00:00Z');
const instant = (ms: number): string => new Date(START_MS + ms).toISOString();

/** Executions that ran in these intervals, ms, with the ledger that their processes wrote. */
function ran(...intervals: [start: number, finish: number][]) {
  const ledger = openLedger(scratch, randomName(6));
  const executions = intervals.map(([start, finish], n) => {
    const line = (event: string, ms: number) => `k ${event} ${n + 1} 99 ${(START_MS + ms) * 1_000}\n`;
    appendFileSync(ledger.path, line('start', start) + line('end', finish));
    const times = { started_at: instant(start), finished_at: instant(finish), updated: instant(finish) };
    return { id: n + 1, status: 'completed' as const, ...times };
  });
  return { ctx: { ledger }, executions };
}

test('consecutive executions are in order, overlapping ones are not', () => {
  const { ctx, executions } = ran([0, 100], [100, 200], [190, 300]);
  expectOrder(ctx, executions.slice(0, 2));
  const violation = 'execution 3 started 10.000 ms before execution 2 finished';
  expect(() => expectOrder(ctx, executions)).toThrow(`recorded: ${violation}`);
  expect(() => expectOrder(ctx, executions)).toThrow(`ledger: ${violation}`);
});

test('the concurrency must be exact', () => {
  const { ctx, executions } = ran([0, 100], [50, 200], [150, 300]);
  expectConcurrent(ctx, executions, 2);
  expect(() => expectConcurrent(ctx, executions)).toThrow();
  expect(() => expectConcurrent(ctx, executions, 1)).toThrow();
});

test('the pauses between attempts are compared as planned and as waited', () => {
  const attempts = [
    { finished_at: instant(10) },
    { started_at: instant(3_010), finished_at: instant(3_020), workflow_task: { next_retry_at: instant(3_010) } },
    { started_at: instant(9_021), workflow_task: { next_retry_at: instant(9_020) } },
  ] as ExecutionSummary[];
  const compared: (readonly number[])[] = [];

  expectPauses(
    { time: { expectSeconds: (measured: readonly number[]) => void compared.push(measured) } as unknown as Time },
    attempts,
    [3, 6],
  );

  expect(compared).toEqual([
    [3, 6],
    [3, 6.001],
  ]);
});

test('attempts are numbered from zero and name the first as their original', () => {
  const attempt = (id: number, retry_count: number, original_execution?: number) =>
    ({
      id,
      parent: 7,
      status: retry_count === 1 ? 'completed' : 'failed',
      workflow_task: { workflow_execution: 7, task_name: 'flaky', retry_count, max_retries: 2, timed_out: false },
      ...(original_execution !== undefined && { original_execution }),
    }) as ExecutionSummary;

  expectAttempts(7, [attempt(8, 0), attempt(9, 1, 8)], ['failed', 'completed']);
  expect(() => expectAttempts(7, [attempt(8, 0), attempt(9, 1)], ['failed', 'completed'])).toThrow();
  expect(() => expectAttempts(7, [attempt(8, 0)], ['failed', 'completed'])).toThrow();
});
