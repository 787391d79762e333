import type { Context } from '../claim';
import { recordedInterval } from '../intervals';
import { waitForStatus } from '../resources/ended-executions';
import { timeoutMarker } from '../resources/execution-limits';
import { childOf } from '../resources/workflow-runs';
import { task } from '../resources/workflow-task';
import type { BoundRow } from '../upper-bound';
import { expectLimited, expectStopped, planLimit, startPinned } from './limits';

/**
 * Runs a process that ignores SIGTERM over its limit. Returns whether each process wrote beats in
 * the grace period.
 */
export const stopStubborn = async (ctx: Context, name: string): Promise<BoundRow[]> => {
  const action = ctx.canProve('processes.containment') ? 'leave-session' : 'ignore-term';
  const [limit, { killGraceMs }] = [planLimit(ctx), ctx.facts];
  const id = await startPinned(ctx, `${name}-flow`, [{ ...task(ctx, name, action), timeout: limit }]);

  await waitForStatus(ctx, id, 'failed');

  const child = await childOf(ctx, id, name);
  expect(timeoutMarker(child, ctx.facts.capabilities).isTimedOut).toBe(true);
  expectLimited(ctx, limit * 1_000 + killGraceMs, 0, [recordedInterval(child)]);
  const { start: startedAt, finish } = recordedInterval(child);
  const expiry = startedAt + limit * 1_000;
  const pids = expectStopped(ctx, child, name, expiry);
  const beats = ctx.ledger.entries(ctx.ledgerInput(name).key, 'beat');
  const graceBeats = beats.filter(({ atMs }) => atMs > expiry && atMs < finish);
  const slack = ctx.slackMs('run');
  const silent = slack < killGraceMs ? 'too short' : 'undecidable';
  return pids.map((pid) => ({
    facts: `process ${pid} in its grace period of ${killGraceMs} ms, slack ${slack.toFixed(0)} ms`,
    result: graceBeats.some((beat) => beat.pid === pid) ? 'within' : silent,
  }));
};
