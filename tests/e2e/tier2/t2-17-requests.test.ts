// Spec: what a request leaves out or conditions has exactly the declared effect.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { receivedByTask, receivedJson } from '../../../helpers/scenario/resources/encoded-input';
import {
  onlyExecutionOf,
  readExecutions,
  runAction,
  runToEnd,
  waitForStatus,
} from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { ownedByPack, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { attemptsOf, childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
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
  const none = await Promise.all([{}, { parameters: {} }].map((given) => runAction(ctx, 'core.noop', given)));
  expect(none.map(({ config }) => config)).toEqual([null, null]);
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

const CONFLICT = { status: 409 };

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
