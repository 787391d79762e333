// Spec: a webhook accepts the calls of its rate limit, and none of those beyond it is an event.
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { claim } from '../../../../helpers/scenario/claim';
import { executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { stays } from '../../../../helpers/scenario/polling';

const REQUESTS = 3;
/** Longer than the test. */
const WINDOW_SECONDS = 600;

claim('T3.29a', ['webhooks.security_api', 'ledger.shared'], 'calls beyond a rate limit start nothing', async (ctx) => {
  await ctx.pack('e2e');
  const [limited, other] = await Promise.all(
    ['limited', 'other'].map((label) =>
      ctx.webhookRule({ action: 'append-ledger', actionParams: ctx.ledgerInput(label) }),
    ),
  );
  const rate_limit = { enabled: true, requests: REQUESTS, window_seconds: WINDOW_SECONDS };
  await ctx.client.triggers.secureWebhook(limited!.trigger.ref, { rate_limit });

  const statuses: (number | null)[] = [];
  for (let n = 0; n < REQUESTS + 2; n++) statuses.push(await rejectionStatus(limited!.post({ n })));
  statuses.push(await rejectionStatus(other!.post({})));

  expect(statuses).toEqual([null, null, null, 429, 429, null]);
  const runs = () => ['limited', 'other'].map((label) => ctx.ledger.count(ctx.ledgerInput(label).key));
  const ofOther = executionsToBe('completed', 1, ctx.client, { rule_ref: other!.rule.ref });
  const ofLimited = executionsToBe('completed', REQUESTS, ctx.client, { rule_ref: limited!.rule.ref });
  await stays(() => ctx.ledger.count(ctx.ledgerInput('other').key), 1, ofOther, ctx.quietMs, ctx.deadline);
  await stays(runs, [REQUESTS, 1], ofLimited, ctx.quietMs, ctx.deadline);
  expect(await ctx.client.events.list({ trigger_ref: limited!.trigger.ref })).toHaveLength(REQUESTS);
});
