// Spec: what a request leaves out, repeats or conditions has exactly the declared effect.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays } from '../../../helpers/scenario/polling';
import { receivedByTask, receivedJson } from '../../../helpers/scenario/resources/encoded-input';
import {
  onlyExecutionOf,
  readExecutions,
  runToEnd,
  waitForStatus,
} from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { ownedByPack, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { createCallers } from '../support/api-callers';
import { attemptsOf, childOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

/** Of the action `encode-defaults-stdin-json`. */
const REQUESTED = { given: 'here', empty: null, zero: 0, no: false, blank: '', extra: 'kept' };

const RECEIVED = { ...REQUESTED, missing: 'by default', empty: [1, { a: null }] };

claim('T2.17a', NEEDS, 'an action has a default for each parameter that is missing or null', async (ctx) => {
  await ctx.pack('e2e-values');
  const action = ctx.action('encode-defaults-stdin-json');
  const hook = await ctx.webhookRule({ action, actionParams: { ...REQUESTED, empty: '{{ event.payload.no }}' } });

  const direct = await runToEnd(ctx, action, REQUESTED);
  const flow = await startWorkflow(ctx, [{ name: 'T', action, input: REQUESTED }]);
  await waitForStatus(ctx, flow);
  await hook.post({});
  const ofRule = await onlyExecutionOf(ctx, hook);

  expect([direct, ofRule].map(receivedJson)).toStrictEqual([RECEIVED, RECEIVED]);
  expect(await receivedByTask(ctx, flow, 'T')).toStrictEqual(RECEIVED);
  const configs = [direct, ofRule, await childOf(ctx, flow, 'T')].map(({ config }) => config);
  expect(configs).toStrictEqual([REQUESTED, REQUESTED, REQUESTED]); // as requested
});

/** Prints its variable, and fails at the first attempt. */
const PRINT_VARIABLE = `printf '%s' "\${E2E_TEXT-none}"; [ -e "$ATTUNE_ARTIFACTS_DIR/$key" ] || {
  : >"$ATTUNE_ARTIFACTS_DIR/$key"; exit 1
}`;

/** A workflow of a workflow whose task prints the variable in two attempts; the first fails. */
const createPrinter = async (ctx: Context): Promise<string> => {
  const print = await createScriptAction(ctx, await ctx.ownPack(), PRINT_VARIABLE);
  const call = { name: 'T', action: print, input: { key: ctx.nonce }, retry: { count: 1, delay: 0 } };
  const inner = await ctx.workflow([call], { name: 'inner' });
  return (await ctx.workflow([{ name: 'nested', action: inner.ref }])).ref;
};

/** What each attempt of that task printed. */
const outputsOf = async (ctx: Context, id: number) => {
  await waitForStatus(ctx, id);
  const attempts = await readExecutions(ctx, await attemptsOf(ctx, (await childOf(ctx, id, 'nested')).id, 'T'));
  return attempts.map(({ result }) => (result as Parameters).stdout);
};

claim('T2.17b', [...NEEDS, 'workflows.retry'], 'variables of a request reach each process below it', async (ctx) => {
  const action_ref = await createPrinter(ctx);
  const env_vars = { E2E_TEXT: `two words, $HOME and 'quotes' ${ctx.nonce}` };

  const { id } = await ctx.client.executions.execute({ action_ref, env_vars });
  const outputs = await outputsOf(ctx, id);
  const other = await ctx.client.executions.execute({ action_ref });

  expect(outputs).toEqual(Array(2).fill(env_vars.E2E_TEXT));
  expect(await outputsOf(ctx, other.id)).toEqual(['none']);
});

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
    const execute = async () =>
      (await ctx.client.executions.execute({ action_ref: 'core.noop' }, { idempotencyKey })).id;
    const first = await execute();

    await ctx.time.pass(DAY - 0.001);
    const same = await execute();
    await ctx.time.pass(0.001);
    const next = await execute();
    await ctx.time.pass(1);
    const again = await execute();

    expect([same, again]).toEqual([first, next]);
    expect(next).not.toBe(first);
  },
);

const CONDITIONAL = [...NEEDS, 'keys.compare_and_set'];

claim('T2.17d', CONDITIONAL, 'a write to another version of a key changes nothing', async (ctx) => {
  const { keys } = ctx.client;
  const ref = ctx.name('k');
  // a key of `system` or of a shared pack would be a parameter of other executions meanwhile
  const { version } = await storeKey(ctx, { ref, value: 0, ...ownedByPack(await ctx.ownPack()) });

  const writes = [1, 2, 3, 4].map((value) => keys.update(ref, { value, if_version: version! }));
  const ended = await Promise.allSettled(writes);
  const stored = await keys.get(ref);
  const stale = keys.update(ref, { value: 'stale', name: 'stale', if_version: version! });
  await expect(stale).rejects.toMatchObject({ ...CONFLICT, message: expect.any(String) as string });

  expect(ended.flatMap((write) => (write.status === 'fulfilled' ? [write.value] : []))).toEqual([stored]);
  const rejected = ended.flatMap((write) => (write.status === 'rejected' ? [write.reason as unknown] : []));
  expect(rejected).toMatchObject(Array(3).fill(CONFLICT));
  expect([version, stored.version]).toEqual([1, 2]);
  expect(await keys.get(ref)).toEqual(stored);
  const last = await keys.update(ref, { value: 'last', if_version: 2 });
  expect([last.value, last.version, last.name]).toEqual(['last', 3, ref]);
});
