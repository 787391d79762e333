// Spec: a response is accepted by the schema of its inquiry.
import { parseInstant } from '../../../helpers/instant';
import { claim } from '../../../helpers/scenario/claim';
import {
  PENDING,
  startWithInquiry,
  stateOfInquiry,
  type Approval,
} from '../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { expectRunsAtEnd, paramsOf, runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { NESTED_FORM, NESTED_VALUES, WRONG_NESTED } from '../support/nested-fields';

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

const NO_DATES = ['2026-02-30', '2026-13-01', '2026-00-10', '26-01-01', '2026-1-01', '2026-01-01T00:00:00Z', ''];

const NO_INSTANTS = [
  ...['2026-01-01', '2026-02-29T10:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T10:60:00Z', '2026-01-01T10:00:60Z'],
  ...['2026-01-01T10:00:00', '2026-01-01T10:00Z', '2026-01-01T10:00:00.Z', '2026-01-01T10:00:00+5', 'noon'],
];

const INSTANTS = ['2028-02-29T00:00:00Z', '2026-01-01T10:00:00.123456789-07:30', '2026-01-01T10:00:00+00:00'];

const STRICT_FORM = {
  approved: { type: 'boolean', required: true },
  level: { enum: ['low', 'high'] },
  due: { format: 'date' },
  at: { format: 'date-time' },
  instants: { type: 'array', items: { format: 'date-time' } },
  host: { type: 'string', pattern: '^[a-z]+$' },
  port: { type: 'string', pattern: '^[0-9]+$' },
  address: { type: 'object', properties: { zip: { type: 'string' } }, required: ['zip'] },
  properties: { type: 'array' }, // a name like others
  ...NESTED_FORM,
};

/** Responses outside of that form, and the field that the error names. */
const REJECTED: readonly [Parameters, string][] = [
  [{}, 'approved'],
  [{ approved: 'yes' }, 'approved'],
  [{ approved: true, level: 'x' }, 'level'],
  ...NO_DATES.map((due): [Parameters, string] => [{ approved: true, due }, 'due']),
  ...NO_INSTANTS.map((at): [Parameters, string] => [{ approved: true, at }, 'at']),
  [{ approved: true, host: '80' }, 'host'],
  [{ approved: true, port: 'a' }, 'port'],
  [{ approved: true, address: {} }, 'address'],
  [{ approved: true, properties: {} }, 'properties'],
  ...WRONG_NESTED.map(([values, name]): [Parameters, string] => [{ approved: true, ...values }, name]),
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

  const texts = { level: 'low', due: '2028-02-29', at: '2026-12-31T23:59:59.5+05:30', host: 'a', port: '80' };
  await respond(inquiry.id, { approved: true, instants: INSTANTS, ...texts, ...NESTED_VALUES });
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
