import type { Execute, Execution } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import { executionsToBe } from '../conditions/event-conditions';
import type { Client } from '../../client/client';
import { executionToBe, executionToEnd } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { until, type Condition } from '../polling';
import type { WebhookRule } from './webhook-rule';

export type { Execution };

/** Waits until an execution has this status. Returns it. */
export const waitForStatus = (ctx: Context, id: number, status: Status = 'completed'): Promise<Execution> =>
  until(executionToBe(status, ctx.client, id), ctx.deadline);

/** The same for several executions that end alike. */
export const waitForAll = (ctx: Context, ids: readonly number[], status?: Status): Promise<Execution[]> =>
  Promise.all(ids.map((id) => waitForStatus(ctx, id, status)));

interface RunContext {
  readonly client: Client;
  readonly deadline: number;
}

/** What an execution is requested with besides its action. */
type RunOptions = Omit<Execute, 'action_ref'>;

/** Executes an action or workflow. Returns the execution once it has this status. */
export const runActionTo = (goal: Status, ctx: RunContext, action_ref: string, options: RunOptions = {}) =>
  run(ctx, { action_ref, ...options }, (id) => executionToBe(goal, ctx.client, id));

/** The same; it completes. */
export const runAction = (ctx: RunContext, action_ref: string, options: RunOptions = {}): Promise<Execution> =>
  runActionTo('completed', ctx, action_ref, options);

/** The same; it ends, in whatever status. */
export const runActionToEnd = (ctx: RunContext, action_ref: string, options: RunOptions = {}) =>
  run(ctx, { action_ref, ...options }, (id) => executionToEnd(ctx.client, id));

async function run(ctx: RunContext, request: Execute, goal: (id: number) => Condition<Execution>): Promise<Execution> {
  const { id } = await ctx.client.executions.execute(request);
  return until(goal(id), ctx.deadline);
}

/**
 * Executes an action of the test's packs, or a ref, with these parameters. Returns its execution
 * once it has this status.
 */
export const runToEnd = (ctx: Context, action: string, parameters: JsonObject = {}, status: Status = 'completed') =>
  runActionTo(status, ctx, ctx.action(action), { parameters });

/** The whole records of listed executions, in the same order. */
export const readExecutions = ({ client }: Context, rows: readonly { id: number }[]): Promise<Execution[]> =>
  Promise.all(rows.map(({ id }) => client.executions.get(id)));

/** The whole execution of a rule that has exactly one, once it has this status. */
export async function onlyExecutionOf(
  ctx: Context,
  { rule }: Pick<WebhookRule, 'rule'>,
  status: Status = 'completed',
): Promise<Execution> {
  const condition = executionsToBe(status, 1, ctx.client, { rule_ref: rule.ref });
  const [execution] = await until(condition, ctx.deadline);
  return ctx.client.executions.get(execution!.id);
}
