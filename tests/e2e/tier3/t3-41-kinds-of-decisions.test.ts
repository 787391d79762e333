// Spec: what became of an event is decided as the rule was when the event came.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { createEmptyPack } from '../support/empty-pack';

const NEEDS = ['rules.decisions'];
const RIGHTS = [...NEEDS, 'rbac'];

/** Posts an event of each kind while the own rule is changed. Returns the ids, newest first. */
async function postEachKind(ctx: Context, other: WebhookRule, createOwn: () => Promise<WebhookRule>) {
  const { rules } = ctx.client;
  const post = async (payload: object) => (await other.post(payload as never)).event_id;
  const later = await post({ n: 9, word: 'a' });
  const own = await createOwn();
  const { ref } = own.rule;
  const ofOther = await post({ n: 9, word: 'a' });
  await rules.update(ref, { trigger_ref: other.trigger.ref });
  const evaluated = [
    await post({ n: 5, word: 'a' }),
    await post({ n: '9', word: 'a' }),
    await post({ n: 9, word: 7 }),
    await post({ n: 9, word: 'a' }),
  ];
  await rules.disable(ref);
  const disabled = await post({ n: 9, word: 'a' });
  await rules.enable(ref);
  await rules.update(ref, { label: 'changed', conditions: { expression: 'true' } });
  await own.post({ n: 9, word: 'a' }); // no longer of its trigger
  return { own, events: [later, ofOther, ...evaluated, disabled].reverse() };
}

const NONE = { enforcement: null, execution: null, code: null, message: null, part: null };

claim('T3.41a', NEEDS, 'each event has the decision of its own time, however the rule changed', async (ctx) => {
  const other = await ctx.webhookRule({ action: 'core.noop', enabled: false });
  const parts = {
    action: 'core.echo',
    conditions: { expression: 'event.payload.n > 5' },
    actionParams: { message: '{{ upper(event.payload.word) }}' },
  };

  const { own, events } = await postEachKind(ctx, other, () => ctx.webhookRule(parts));

  const { ref, created } = own.rule;
  const [execution] = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: ref }), ctx.deadline);
  const { items } = await ctx.client.rules.decisions(ref);
  const part = { path: 'event.payload.n', operator: '>', expected: 5, actual: 5, problem: null };
  const broken = { code: 'RULE_BROKEN', message: expect.stringContaining('upper: argument 1 must be') as string };
  const wrong = { code: 'CRITERIA_ERROR', message: expect.stringContaining('compares two numbers') as string };
  const fired = { enforcement: expect.any(Number) as number, execution: execution!.id };
  expect(items).toMatchObject(
    [
      { ...NONE, decision: 'rule_disabled', text: 'it was disabled when the event came' },
      { ...NONE, decision: 'fired', ...fired },
      { ...NONE, decision: 'not_started', ...broken },
      { ...NONE, decision: 'criteria_error', ...wrong },
      { ...NONE, decision: 'criteria_false', part },
      { ...NONE, decision: 'other_trigger', text: `its trigger was ${own.trigger.ref} when the event came` },
      { ...NONE, decision: 'rule_created_later', text: `it was created at ${created}, after the event` },
    ].map((expected, n) => ({ event: events[n], ...expected })),
  );
});

claim('T3.41e', RIGHTS, 'the enforcement of a rule that may not start its action is disabled', async (ctx) => {
  const { client } = ctx;
  const pack = await createEmptyPack(ctx, { isVisibleToAll: true });
  const { webhook_key: key } = await client.triggers.enableWebhook(pack.trigger);
  const [owner, removed] = [await createTestUser(ctx, 'core.editor'), await createTestUser(ctx, 'core.editor')];
  const gone = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  const rule = { trigger_ref: pack.trigger };
  const refs = [
    (await owner.client.rules.create({ ...pack.component('denied'), ...rule, action_ref: 'core.noop' })).ref,
    (await removed.client.rules.create({ ...pack.component('ownerless'), ...rule, action_ref: 'core.noop' })).ref,
    (await client.rules.create({ ...pack.component('gone'), ...rule, action_ref: gone })).ref,
    (await client.rules.create({ ...pack.component('works'), ...rule, action_ref: 'core.noop' })).ref,
  ];
  await client.identities.freeze(owner.id);
  await client.identities.remove(removed.id);
  await client.actions.remove(gone);

  await client.webhooks.post(key!, {});

  const found = refs.map(async (rule_ref) => {
    const [enforcement] = await client.enforcements.list({ rule_ref });
    const { items } = await client.rules.decisions(rule_ref);
    const started = await client.executions.list({ rule_ref });
    return [enforcement!.status, items[0]!.code, started.length];
  });
  expect(await Promise.all(found)).toEqual([
    ['disabled', 'OWNER_NOT_ALLOWED', 0],
    ['disabled', 'OWNER_NOT_ALLOWED', 0],
    ['disabled', 'ACTION_GONE', 0],
    ['processed', null, 1],
  ]);
  await client.rules.update(refs[1]!, { label: 'of its next owner' });
  await client.webhooks.post(key!, {});
  const [{ status } = { status: null }] = await client.enforcements.list({ rule_ref: refs[1]! });
  expect([status, (await client.rules.get(refs[1]!)).owner_identity]).toEqual([
    'processed',
    (await client.auth.me()).id,
  ]);
});
