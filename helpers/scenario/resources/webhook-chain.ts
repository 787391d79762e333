import type { Event } from '../../../contract/events';
import { eventsToBe, executionsToBe } from '../conditions/event-conditions';
import type { Context } from '../context';
import { stays, until, type Condition } from '../polling';
import { echoedParameters } from './echoed-parameters';
import { readExecutions } from './ended-executions';
import type { WebhookRule } from './webhook-rule';
import type { Parameters } from './workflow-task';

/** Passes the nonce of an event on. */
export const NONCE = { nonce: '{{ event.payload.nonce }}' };

export const keyOf = ({ trigger }: WebhookRule): string => trigger.webhook_key ?? '';

/** Selects the packs of a chain: that in shell last, so that it is searched first. */
export async function selectChainPacks(ctx: Context): Promise<void> {
  await ctx.pack('e2e-api');
  await ctx.pack('e2e');
}

/** The last rule of a chain; it returns these parameters. */
export const lastRule = (ctx: Context, label: string, params: Parameters = NONCE): Promise<WebhookRule> =>
  ctx.webhookRule({ action: 'echo-params', actionParams: { ...ctx.ledgerInput(label), ...params } });

/** A rule whose action posts this payload to the webhook of the next rule. */
export const postingRule = (ctx: Context, label: string, next: WebhookRule, payload: Parameters) =>
  ctx.webhookRule({
    action: 'post-webhook',
    actionParams: { ...ctx.ledgerInput(label), webhook_key: keyOf(next), payload },
  });

/** The executions that a rule started, without the tasks of a workflow. */
export const startedBy = ({ rule }: WebhookRule) => ({ rule_ref: rule.ref, top_level_only: true });

/** The rule has started exactly `n` executions, and all have completed. */
export const executionsOfRule = (ctx: Context, link: WebhookRule, n: number) =>
  executionsToBe('completed', n, ctx.client, startedBy(link));

/** Events of the trigger, and executions of the rule. */
async function countsOf({ client }: Context, link: WebhookRule): Promise<[events: number, executions: number]> {
  const events = await client.events.list({ trigger_ref: link.trigger.ref });
  return [events.length, (await client.executions.list(startedBy(link))).length];
}

/** Each rule has its number of events, and as many executions, also after the fence. */
export const expectCounts = (
  ctx: Context,
  links: readonly WebhookRule[],
  counts: readonly number[],
  fence: Condition<unknown>,
): Promise<void> =>
  stays(
    () => Promise.all(links.map((link) => countsOf(ctx, link))),
    counts.map((n): [number, number] => [n, n]),
    fence,
    ctx.quietMs,
    ctx.deadline,
  );

/** The one event of the trigger. */
export async function onlyEventOf(ctx: Context, { trigger }: WebhookRule): Promise<Event> {
  const [event] = await until(eventsToBe(1, ctx.client, { trigger_ref: trigger.ref }), ctx.deadline);
  return ctx.client.events.get(event!.id);
}

/** The parameters that the processes of a rule received, oldest first. */
export async function receivedBy(ctx: Context, link: WebhookRule, n: number): Promise<Parameters[]> {
  const executions = await until(executionsOfRule(ctx, link, n), ctx.deadline);
  return (await readExecutions(ctx, executions)).map(echoedParameters);
}
