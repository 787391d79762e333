import { executionsToBe } from '../conditions/event-conditions';
import type { Context } from '../context';
import { sortedAscending } from '../intervals';
import { stays } from '../polling';
import { echoedParameters } from './echoed-parameters';
import { readExecutions } from './ended-executions';
import type { WebhookRule } from './webhook-rule';
import { runsOf } from './workflow-runs';
import type { Parameters } from './workflow-task';

type Row = Parameters[string];

/** A rule with these criteria, whose execution returns the event's nonce. */
export const ruleWithCriteria = async (ctx: Context, criteria: string | Parameters[]): Promise<WebhookRule> => {
  await ctx.pack('e2e');
  const actionParams = { ...ctx.ledgerInput('row'), nonce: '{{ event.payload.nonce }}' };
  const conditions = typeof criteria === 'string' ? { expression: criteria } : criteria;
  return ctx.webhookRule({ action: 'echo-params', conditions, actionParams });
};

/**
 * Posts the rows in order: the rows with these numbers, 1 the first, match, and no other. Each row
 * is an event, and each matching one has one execution, which receives its nonce. The last row
 * matches: its completed execution is the fence for the absence of the others.
 */
export async function expectMatches(
  ctx: Context,
  hook: WebhookRule,
  rows: readonly Row[],
  matching: readonly number[],
): Promise<void> {
  const nonceOf = (row: number) => `${ctx.nonce}-${row}`;
  const payloads = rows.map((row, n) =>
    matching.includes(n + 1) ? { ...(row as Parameters), nonce: nonceOf(n + 1) } : row,
  );
  const sent: number[] = [];
  for (const payload of payloads) sent.push((await hook.post(payload)).event_id);
  const rowOf = (event: number | null) => sent.indexOf(event ?? -1) + 1;
  const { enforcements, events, executions } = ctx.client;
  const filter = { rule_ref: hook.rule.ref };

  const rowsEnforced = async () => sortedAscending((await enforcements.list(filter)).map(({ event }) => rowOf(event)));
  const fence = executionsToBe('completed', matching.length, ctx.client, filter);
  await stays(rowsEnforced, [...matching], fence, ctx.quietMs, ctx.deadline);

  const rowOfEnforcement = new Map((await enforcements.list(filter)).map(({ id, event }) => [id, rowOf(event)]));
  const ended = await readExecutions(ctx, await executions.list(filter));
  const runs = ended.map((each) => [rowOfEnforcement.get(each.enforcement ?? -1), echoedParameters(each).nonce]);
  expect(runs.sort()).toEqual(matching.map((row) => [row, nonceOf(row)]).sort());
  const stored = (await events.list({ trigger_ref: hook.trigger.ref })).map(({ id }) => rowOf(id));
  expect(sortedAscending(stored)).toEqual(rows.map((_, n) => n + 1));
  expect(runsOf(ctx, 'row')).toBe(matching.length);
  if (ctx.canProve('events.causation')) await expectDecisions(ctx, hook, sent, matching);
}

/** There is a decision for every row, also for those that do not match. */
async function expectDecisions(
  { client }: Context,
  { rule }: WebhookRule,
  sent: readonly number[],
  matching: readonly number[],
): Promise<void> {
  const decisions = await Promise.all(sent.map((event) => client.events.decisions(event)));
  const decided = decisions.map((rows) => rows.map(({ rule: id, matched }) => [id, matched]));
  expect(decided).toEqual(sent.map((_, n) => [[rule.id, matching.includes(n + 1)]]));
}
