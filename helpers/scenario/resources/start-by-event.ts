import { enforcementsToBe, executionsToExist } from '../conditions/event-conditions';
import type { Context } from '../context';
import { until } from '../polling';
import type { WebhookRule } from './webhook-rule';
import type { Parameters } from './workflow-task';

/**
 * Posts an event, for which this rule and no other fires. Returns the id of the one execution that
 * this started, without the tasks of a workflow.
 */
export async function startByEvent(ctx: Context, { rule, post }: WebhookRule, payload: Parameters): Promise<number> {
  const { event_id: event } = await post(payload);
  const [enforcement] = await until(enforcementsToBe(1, ctx.client, { event }), ctx.deadline);
  const filter = { enforcement: enforcement!.id, top_level_only: true };
  const [root] = await until(executionsToExist(1, ctx.client, filter), ctx.deadline);
  expect([enforcement!.rule, root!.enforcement, root!.action_ref]).toEqual([rule.id, enforcement!.id, rule.action_ref]);
  return root!.id;
}
