// Spec: a webhook accepts the calls of its rate limit, and none of those beyond it is an event.
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../../helpers/scenario/claim';
import { executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { stays } from '../../../../helpers/scenario/polling';
import type { WebhookRule } from '../../../../helpers/scenario/resources/webhook-rule';
import { runsOf } from '../../../../helpers/scenario/resources/workflow-runs';

const REQUESTS = 3;
const WINDOW_SECONDS = 10;

/** A webhook whose rule starts a process under the label. */
const createHook = (ctx: Context, label: string): Promise<WebhookRule> =>
  ctx.webhookRule({ action: 'append-ledger', actionParams: ctx.ledgerInput(label) });

/**
 * The rule has `n` completed executions, and the label as many processes, also in the quiet
 * time.
 */
const expectRuns = async (ctx: Context, { rule }: WebhookRule, label: string, n: number) => {
  const completed = executionsToBe('completed', n, ctx.client, { rule_ref: rule.ref });
  await stays(() => runsOf(ctx, label), n, completed, ctx.quietMs, ctx.deadline);
};

claim.time(
  'T3.29a',
  ['webhooks.security_api', 'ledger.shared'],
  'calls beyond a rate limit start nothing',
  async (ctx) => {
    await ctx.pack('e2e');
    const [limited, other] = [await createHook(ctx, 'limited'), await createHook(ctx, 'other')];
    const rate_limit = { enabled: true, requests: REQUESTS, window_seconds: WINDOW_SECONDS };
    await ctx.client.triggers.secureWebhook(limited.trigger.ref, { rate_limit });
    const call = () => rejectionStatus(limited.post({}));
    const calls = async () => [await call(), await call(), await call(), await call()];

    const statuses = [await calls(), await rejectionStatus(other.post({}))];
    await ctx.time.expectNothingFor(WINDOW_SECONDS - 0.001, call);
    await ctx.time.pass(0.001);
    statuses.push(await calls());

    expect(statuses).toEqual([[null, null, null, 429], null, [null, null, null, 429]]);
    await expectRuns(ctx, other, 'other', 1);
    await expectRuns(ctx, limited, 'limited', 2 * REQUESTS);
    expect(await ctx.client.events.list({ trigger_ref: limited.trigger.ref })).toHaveLength(2 * REQUESTS);
  },
);
