// Spec: a request that is repeated with its key is done once.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { createCallers } from '../support/api-callers';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

const REPEATED = [...NEEDS, 'executions.idempotency_key'];

const CONFLICT = { status: 409 };

/** The same key is another one for each caller. */
async function expectKeysOfCallers(ctx: Context, options: { readonly idempotencyKey: string }) {
  const callers = await createCallers(ctx);
  const executeAll = () =>
    Promise.all(callers.map(({ executions }) => executions.execute({ action_ref: 'core.noop' }, options)));

  const [ids, repeated] = [await executeAll(), await executeAll()].map((all) => all.map(({ id }) => id));

  expect(new Set(ids).size).toBe(callers.length);
  expect(repeated).toEqual(ids);
}

claim('T2.17c', REPEATED, 'a request that is repeated with its key is done once', async (ctx) => {
  await ctx.pack('e2e');
  const [first, second] = ['first', 'second'].map((part) => ({ idempotencyKey: ctx.name(part) }));
  const request = { action_ref: ctx.action('append-ledger'), parameters: ctx.ledgerInput('run') };
  const execute = (options = first, more = {}) =>
    ctx.client.executions.execute({ ...request, parameters: { ...request.parameters, ...more } }, options);

  const [run, same] = await Promise.all([execute(), execute()]);
  await waitForStatus(ctx, run.id);
  const [again, other] = [await execute(), await execute(second)];
  await expect(execute(first, { more: 1 })).rejects.toMatchObject(CONFLICT);

  expect([same, again]).toEqual([run, run]);
  expect(other.id).not.toBe(run.id);
  await expectKeysOfCallers(ctx, first!);
  const fence = executionToBe('completed', ctx.client, other.id);
  await stays(() => runsOf(ctx, 'run'), 2, fence, ctx.quietMs, ctx.deadline);
});

claim('T2.17h', REPEATED, 'an event that is posted again with its key is the same event', async (ctx) => {
  await ctx.pack('e2e');
  const [first, second] = ['first', 'second'].map((part) => ({ idempotencyKey: ctx.name(part) }));
  const actionParams = ctx.ledgerInput('event');
  const { rule, post } = await ctx.webhookRule({ action: 'append-ledger', actionParams });

  const event = await post({ n: 1 }, first);
  const repeated = await post({ n: 1 }, first);
  await expect(post({ n: 2 }, first)).rejects.toMatchObject(CONFLICT);
  const next = await post({ n: 2 }, second);

  expect(repeated).toEqual(event);
  expect(next.event_id).not.toBe(event.event_id);
  const fence = executionsToBe('completed', 2, ctx.client, { rule_ref: rule.ref });
  await stays(() => runsOf(ctx, 'event'), 2, fence, ctx.quietMs, ctx.deadline);
});

/** How long a key of a request is kept, seconds. */
const DAY = 86_400;

claim.time(
  'T2.17k',
  [...REPEATED, 'clock.virtual'],
  'after a day the key of a request is that of another one',
  async (ctx) => {
    const idempotencyKey = ctx.name('key');
    const execute = async (parameters: { readonly of?: string } = {}) =>
      (await ctx.client.executions.execute({ action_ref: 'core.noop', parameters }, { idempotencyKey })).id;
    const first = await execute();

    await ctx.time.pass(DAY - 0.001);
    const same = await execute();
    await ctx.time.pass(0.001);
    const next = await execute({ of: 'the next day' });
    await ctx.time.pass(1);
    const again = await execute({ of: 'the next day' });
    await expect(execute()).rejects.toMatchObject(CONFLICT); // with the body of the day before

    expect([same, again]).toEqual([first, next]);
    expect(next).not.toBe(first);
  },
);
