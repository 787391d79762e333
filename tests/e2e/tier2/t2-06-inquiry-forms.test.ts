// Spec: an inquiry is listed for its person, who alone responds, and by its schema.
import { createClient } from '../../../helpers/client/client';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import {
  expectWaiting,
  PENDING,
  startWithInquiry,
  stateOfInquiry,
  type Approval,
} from '../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { listedWith, pendingPage } from '../../../helpers/scenario/resources/inquiry-lists';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { expectRunsAtEnd, paramsOf, runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';

const NEEDS = ['inquiries.ask', 'executions.intervals', 'ledger.shared'];

const STRICT = [...NEEDS, 'inquiries.response_schema'];

const FORM = {
  approved: { type: 'boolean', required: true },
  level: { type: 'string', enum: ['low', 'high'], required: true },
  comment: { type: 'string' },
  due: { type: 'string', format: 'date' },
  copies: { type: 'integer' },
};
const LIFETIME_SECONDS = 1_000.25;

claim('T2.6c', NEEDS, 'each field of a five-field form is stored and passed on', async (ctx) => {
  await ctx.pack('e2e');
  const lifetime = ctx.canProve('inquiries.default_response') && { timeout_seconds: LIFETIME_SECONDS };
  const fields = Object.keys(FORM).map((name) => [name, `{{ result().response.${name} }}`]);
  const { id, inquiry } = await startWithInquiry(ctx, [
    inquiryTask({ response_schema: FORM, ...lifetime }, { next: [onSuccess('apply')] }),
    task(ctx, 'apply', 'echo-params', Object.fromEntries(fields) as Parameters),
  ]);

  const response = { approved: true, level: 'high', comment: ctx.nonce, due: '2026-02-28', copies: 7 };
  await ctx.client.inquiries.respond(inquiry.id, response);
  await waitForStatus(ctx, id);

  expect(inquiry.response_schema).toEqual(FORM);
  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ response_schema: FORM, response });
  expect(await paramsOf(ctx, id, 'apply')).toEqual({ ...ctx.ledgerInput('apply'), ...response });
  if (lifetime) expect(lifetimeMs(inquiry)).toBeCloseTo(1_000 * LIFETIME_SECONDS, -2);
});

const lifetimeMs = ({ created, timeout_at: end }: Approval['inquiry']) => parseInstant(end!) - parseInstant(created);

claim('T2.6d', NEEDS, 'lists show pending inquiries once, and a response ends its own only', async (ctx) => {
  await ctx.pack('e2e');
  const me = await createTestUser(ctx, null);
  const start = (name: string) => startWithInquiry(ctx, [inquiryTask({ assigned_to: me.id })], name);
  const flows = [await start('one'), await start('two'), await start('three')] as const;
  const [one, two, three] = flows.map(({ inquiry }) => inquiry.id);

  const pages = [await pendingPage(me, 0), await pendingPage(me, 1), await pendingPage(me, 2)];
  await me.client.inquiries.respond(two!, { approved: true });
  await waitForStatus(ctx, flows[1].id);

  expect(pages.map(({ ids }) => ids)).toEqual([[three, two], [two, one], [one]]);
  const facts = [1, 1, 2].map((page) => `3 rows, page ${page} of size 2`);
  expect(pages.map((page) => page.facts)).toEqual(facts);
  expect(await pendingPage(me, 0)).toEqual({ ids: [three, one], facts: '2 rows, page 1 of size 2' });
  expect(await listedWith(me, 'pending')).toEqual([three, one].map((id) => [id, false]));
  expect(await listedWith(me, 'responded')).toEqual([[two, true]]);
  for (const waiting of [flows[0], flows[2]]) await expectWaiting(ctx, waiting);
});

/** A client with the token of a program that the identity executes, and others have written. */
async function programOf({ facts }: Context, { id: identity }: { readonly id: number }) {
  const token = await forgeProgramToken(await readTokenSecret(facts), { identity, permissionSets: ['core.admin'] });
  return createClient({ baseUrl: facts.url, token });
}

claim('T2.6i', NEEDS, 'only the person that an inquiry is assigned to responds', async (ctx) => {
  const [me, other] = [await createTestUser(ctx, null), await createTestUser(ctx, null)];
  const { id, inquiry } = await startWithInquiry(ctx, [inquiryTask({ assigned_to: me.id })]);
  const respond = ({ inquiries }: Context['client']) => inquiries.respond(inquiry.id, { approved: true });
  const update = ({ inquiries }: Context['client']) => inquiries.update(inquiry.id, { response: { approved: true } });
  const program = ctx.canProve('sql') ? [await programOf(ctx, me)] : [];

  for (const way of ctx.canProve('inquiries.response_schema') ? [respond, update] : [respond])
    for (const client of [ctx.client, other.client, ...program])
      await expect(way(client)).rejects.toMatchObject({ status: 403 });
  expect(await stateOfInquiry(ctx, inquiry)).toEqual(PENDING);
  await ctx.client.inquiries.update(inquiry.id, { assigned_to: other.id });
  await expect(respond(me.client)).rejects.toMatchObject({ status: 403 });
  await respond(other.client);

  await waitForStatus(ctx, id);
});

const NO_DATES = ['2026-02-30', '2026-13-01', '2026-00-10', '26-01-01', '2026-1-01', '2026-01-01T00:00:00Z', ''];

const NO_INSTANTS = [
  ...['2026-01-01', '2026-02-29T10:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T10:60:00Z', '2026-01-01T10:00:60Z'],
  ...['2026-01-01T10:00:00', '2026-01-01T10:00Z', '2026-01-01T10:00:00.Z', '2026-01-01T10:00:00+5', 'noon'],
];

const STRICT_FORM = {
  approved: { type: 'boolean', required: true },
  level: { enum: ['low', 'high'] },
  due: { format: 'date' },
  at: { format: 'date-time' },
  address: { type: 'object', properties: { zip: { type: 'string' } }, required: ['zip'] },
  properties: { type: 'array' }, // a name like others
};
/** Responses outside of that form, and the field that the error names. */
const REJECTED: readonly [Parameters, string][] = [
  [{}, 'approved'],
  [{ approved: 'yes' }, 'approved'],
  [{ approved: true, level: 'x' }, 'level'],
  ...NO_DATES.map((due): [Parameters, string] => [{ approved: true, due }, 'due']),
  ...NO_INSTANTS.map((at): [Parameters, string] => [{ approved: true, at }, 'at']),
  [{ approved: true, address: {} }, 'address'],
  [{ approved: true, properties: {} }, 'properties'],
];

claim('T2.6f', STRICT, 'a response outside the schema is rejected and the gate keeps waiting', async (ctx) => {
  await ctx.pack('e2e');
  const gate = inquiryTask({ response_schema: STRICT_FORM, strict: true }, { next: [onSuccess('apply')] });
  const { id, inquiry } = await startWithInquiry(ctx, [gate, task(ctx, 'apply', 'append-ledger')]);
  const { respond, update } = ctx.client.inquiries;

  for (const [response, field] of REJECTED) {
    const rejection = { status: 422, message: expect.stringContaining(`response/${field}`) as string };
    await expect(respond(inquiry.id, response)).rejects.toMatchObject(rejection);
    expect([await stateOfInquiry(ctx, inquiry), runsOf(ctx, 'apply')]).toEqual([PENDING, 0]);
  }
  const updated = update(inquiry.id, { response: { approved: 'yes' } });
  await expect(updated).rejects.toMatchObject({ status: 422 });
  expect(await stateOfInquiry(ctx, inquiry)).toEqual(PENDING);

  await respond(inquiry.id, { approved: true, level: 'low', due: '2028-02-29', at: '2026-12-31T23:59:59.5+05:30' });
  await expectRunsAtEnd(ctx, id, 'completed', { apply: 1 });
  await expectTasks(ctx, id, { gate: 'completed', apply: 'completed' });
});

claim('T2.6j', STRICT, 'a strict schema of a list accepts only lists of its items', async (ctx) => {
  const response_schema = { type: 'array', items: { type: 'integer' } };
  const { id, inquiry } = await startWithInquiry(ctx, [inquiryTask({ response_schema, strict: true })]);
  const { respond } = ctx.client.inquiries;

  for (const response of [{ items: [1] }, ['1']])
    await expect(respond(inquiry.id, response)).rejects.toMatchObject({ status: 422 });
  await respond(inquiry.id, [1]);

  await waitForStatus(ctx, id);
});

const REDACTED = { $attune_secret: true, redacted: true };
const SECRETS = [...STRICT, 'inquiries.default_response', 'secrets.redaction'];

claim('T2.6n', SECRETS, 'a secret of a response is redacted wherever it is shown', async (ctx) => {
  const token = ctx.name('token');
  const response_schema = { token: { type: 'string', secret: true }, open: { type: 'string' } };
  const form = { response_schema, default_response: { token, open: 'default' } };
  const { id, inquiry } = await startWithInquiry(ctx, [
    inquiryTask(form, { next: [onSuccess('check')] }),
    { name: 'check', action: 'core.noop', when: `{{ task.gate.response.token == "${token}" }}` },
  ]);
  const { get, respond } = ctx.client.inquiries;

  const before = await get(inquiry.id);
  const answered = await respond(inquiry.id, { token, open: 'given' });
  await waitForStatus(ctx, id);

  const after = await get(inquiry.id);
  const { result } = await ctx.client.executions.get(inquiry.execution);
  expect(before.default_response).toEqual({ token: REDACTED, open: 'default' });
  const given = { token: REDACTED, open: 'given' };
  expect([answered.response, after.response]).toEqual([given, given]);
  expect(after.default_response).toEqual(before.default_response);
  expect(result).toMatchObject({ response: given });
  await expectTasks(ctx, id, { gate: 'completed', check: 'completed' });
});
