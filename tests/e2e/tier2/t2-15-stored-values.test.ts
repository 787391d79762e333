// Spec: a key, and the response to an inquiry, keep each value.
import { HARD_CONSTANTS, HARD_VALUES, valueTemplates } from '../../../helpers/fixtures/hard-values';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { startWithInquiry } from '../../../helpers/scenario/resources/approvals';
import { encodeTask, receivedByTask } from '../../../helpers/scenario/resources/encoded-input';
import { runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { ownedByAction, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

type Value = Parameters[string];

const KEYS = ['keys.from_actions', 'keys.encryption', 'runtimes.node', 'ledger.shared'];

/**
 * Stores each value under a key of this action. Every process of an action receives its keys, and
 * those that are encrypted are masked in its output.
 */
const storeValues = async (ctx: Context, action: string, encrypted: boolean) => {
  const prefix = ctx.name(encrypted ? 'encrypted' : 'plain');
  const stored = Object.entries(HARD_VALUES).map(([name, value]) => ({ ref: `${prefix}-${name}`, value }));
  await Promise.all(stored.map((key) => storeKey(ctx, { ...key, encrypted, ...ownedByAction(ctx, action) })));
  return stored;
};

claim.concurrent('T2.15d', KEYS, 'a key keeps each value, also when it is overwritten', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const { keys } = ctx.client;
  const stored = [...(await storeValues(ctx, 'read-key', false)), ...(await storeValues(ctx, 'write-key', true))];
  const values = stored.map(({ value }) => value);
  const others = [...values.slice(1), values[0]!];
  const valuesNow = () => Promise.all(stored.map(async ({ ref }) => (await keys.get(ref)).value));

  const written = await valuesNow();
  await Promise.all(stored.map(({ ref }, n) => keys.update(ref, { value: others[n]! })));

  expect(written).toStrictEqual(values);
  expect(await valuesNow()).toStrictEqual(others);
});

claim.concurrent('T2.15k', KEYS, 'a program reads each value of a key that was overwritten', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const stored = await storeValues(ctx, 'read-key', false);
  const refs = stored.map(({ ref }) => ref);
  await Promise.all(refs.map((ref) => ctx.client.keys.update(ref, { value: 'other' })));
  await Promise.all(stored.map(({ ref, value }) => ctx.client.keys.update(ref, { value })));

  const { result } = await runToEnd(ctx, 'read-key', { ...ctx.ledgerInput('read'), refs });

  const read = stored.map(({ ref, value }) => [ref, { status: 200, value, sha256: sha256OfJson(value) }]);
  expect(result).toMatchObject({ data: { all: Object.fromEntries(read) as object } });
});

const INQUIRIES = ['inquiries.ask', 'ledger.shared'];

const DEFAULTS = [...INQUIRIES, 'inquiries.expiry', 'inquiries.default_response'];

claim.concurrent('T2.15e', INQUIRIES, 'the response to an inquiry keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const response = { ...HARD_VALUES, nonce: ctx.nonce };
  const input = { ...valueTemplates('result().response'), whole: '{{ result().response }}' };
  const gate = inquiryTask({}, { next: [onSuccess('apply')] });
  const { id, inquiry } = await startWithInquiry(ctx, [gate, encodeTask(ctx, 'apply', input)]);

  const responded = await ctx.client.inquiries.respond(inquiry.id, response);
  await waitForStatus(ctx, id);

  expect(responded.response).toStrictEqual(response);
  expect((await ctx.client.inquiries.get(inquiry.id)).response).toStrictEqual(response);
  expect(await receivedByTask(ctx, id, 'apply')).toStrictEqual({ ...HARD_VALUES, whole: response });
});

/** Defaults that are no maps. A null default is none. */
const DEFAULT_RESPONSES: readonly Value[] = [false, 0, '', [], {}, 'no', '1', 0.5, [null, false], HARD_CONSTANTS];

/** Task `gate-n` with this default response, and `apply-n`, which receives it. */
const gateWithDefault = (ctx: Context, default_response: Value, n: number) => [
  { ...inquiryTask({ default_response }, { next: [onSuccess(`apply-${n}`)], timeout: 1 }), name: `gate-${n}` },
  encodeTask(ctx, `apply-${n}`, { response: '{{ result().response }}' }),
];

claim.time('T2.15f', DEFAULTS, 'the default response of an inquiry keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const gates = DEFAULT_RESPONSES.flatMap((response, n) => gateWithDefault(ctx, response, n));

  const id = await startWorkflow(ctx, gates);
  await ctx.time.pass(1);
  await waitForStatus(ctx, id);

  const inquiries = await Promise.all(DEFAULT_RESPONSES.map((_, n) => inquiryOfRun(ctx, id, `gate-${n}`, 0)));
  const shown = inquiries.map(({ status, response }) => [status, response]);
  expect(shown).toStrictEqual(DEFAULT_RESPONSES.map((response) => ['timeout', response]));
  const applied = await Promise.all(DEFAULT_RESPONSES.map((_, n) => receivedByTask(ctx, id, `apply-${n}`)));
  expect(applied).toStrictEqual(DEFAULT_RESPONSES.map((response) => ({ response })));
});
