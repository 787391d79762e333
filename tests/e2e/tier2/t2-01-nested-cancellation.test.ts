// Spec: a cancellation of a workflow stops all levels below it, and is done once.
import { EnvironmentError } from '../../../helpers/errors';
import { claim, type Context } from '../../../helpers/scenario/claim';
import {
  executionToBe,
  pidsToWriteBeats,
  predicateToHold,
} from '../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { findRunning } from '../../../helpers/scenario/processes';
import { descendants, taskName } from '../../../helpers/scenario/resources/child-executions';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { NO_LATER_TASKS, runsOfLaterTasks, startNestedCalls } from '../../../helpers/scenario/resources/nested-calls';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

const CANCELS = [...NEEDS, 'executions.cancel', 'host.processes'];

claim('T2.1d', CANCELS, 'cancelling the root stops the running leaf and starts nothing else', async (ctx) => {
  await ctx.pack('e2e');
  const { key } = ctx.ledgerInput('leaf');
  const leaf = task(ctx, 'leaf', 'spawn-children-and-sleep');
  const id = await startNestedCalls(ctx, leaf, { cancellation_policy: 'cancel_running' }, true);
  await until(pidsToWriteBeats(3, ctx.ledger, key, ctx.client, id), ctx.deadline);

  await ctx.client.executions.cancel(id);
  const ended = executionToBe('cancelled', ctx.client, id);
  await stays(() => runsOfLaterTasks(ctx), NO_LATER_TASKS, ended, ctx.quietMs, ctx.deadline);

  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ error: 'Workflow cancelled', succeeded: false });
  const nodes = (await descendants(ctx.client, id)).map(({ execution }) => [taskName(execution), execution.status]);
  expect(nodes).toEqual(['mid1', 'mid2', 'leaf'].map((name) => [name, 'cancelled']));
  expect(findRunning(ctx.ledger.entries(key))).toEqual([]);
  expect(ctx.ledger.entries(key, 'end')).toEqual([]); // it was stopped: by itself it writes an end
});

const ONE_BY_ONE = ['executions.intervals', 'ledger.shared', 'executions.cancel'];

/** Throws EnvironmentError if two requests took so long that the process may end between them. */
const requireWithinGrace = ({ facts }: Context, elapsedMs: number) => {
  if (elapsedMs < facts.killGraceMs) return;
  throw new EnvironmentError(`two requests took ${elapsedMs.toFixed(0)} ms: the process may end between them`);
};

claim('T2.1f', ONE_BY_ONE, 'a second cancel changes nothing, and one after the end is rejected', async (ctx) => {
  await ctx.pack('e2e');
  const { cancel, execute } = ctx.client.executions;
  const { id } = await execute({ action_ref: ctx.action('ignore-term'), parameters: ctx.ledgerInput('T') });
  await until(
    predicateToHold('the process to run', () => runsOf(ctx, 'T') === 1),
    ctx.deadline,
  );

  const requestedAt = performance.now();
  const requested = await Promise.allSettled([cancel(id), cancel(id)]);
  const elapsedMs = performance.now() - requestedAt;
  const ended = await waitForStatus(ctx, id, 'cancelled');

  requireWithinGrace(ctx, elapsedMs);
  expect(requested).toMatchObject(Array(2).fill({ status: 'fulfilled', value: { status: 'canceling' } }));
  await expect(cancel(id)).rejects.toMatchObject({ status: 409 });
  expect(await ctx.client.executions.get(id)).toEqual(ended);
});
