// Spec: a value arrives unchanged, with its JSON type, on every path that a value can take.
import { parse } from 'yaml';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { inquiryToBe, taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { HARD_VALUES } from '../../../helpers/fixtures/hard-values';
import { until } from '../../../helpers/scenario/polling';
import { inquiryTask, inquiryTimeoutSeconds } from '../../../helpers/scenario/resources/inquiry-task';
import {
  encodeTask,
  receivedByTask,
  receivedJson,
  receivedText,
} from '../../../helpers/scenario/resources/encoded-input';
import { dotenvEntries, dotenvText } from '../../../helpers/fixtures/dotenv-text';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { onSuccess, type Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

type Value = Parameters[string];

const complete = (ctx: Context, id: number) => until(executionToBe('completed', ctx.client, id), ctx.deadline);

/** For each value its template, such as `{{ parameters.zero }}`. */
const templates = (scope: string, values: object = HARD_VALUES): Record<string, string> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, `{{ ${scope}.${name} }}`]));

claim.concurrent('T2.15a', NEEDS, 'inputs, published variables and the output map keep each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const publish = [templates('parameters'), { gone: null }];
  const id = await startWorkflow(
    ctx,
    [
      encodeTask(ctx, 'given', templates('parameters'), { when: '{{ succeeded() }}', publish, do: ['published'] }),
      encodeTask(ctx, 'published', { ...templates('workflow'), gone: '{{ workflow.gone }}' }),
      encodeTask(ctx, 'initial', { values: '{{ workflow.initial }}' }),
    ],
    { vars: { initial: HARD_VALUES }, output_map: templates('workflow') },
    { parameters: HARD_VALUES },
  );

  const { result } = await complete(ctx, id);

  expect(await receivedByTask(ctx, id, 'given')).toStrictEqual(HARD_VALUES);
  expect(await receivedByTask(ctx, id, 'published')).toStrictEqual({ ...HARD_VALUES, gone: null });
  expect(await receivedByTask(ctx, id, 'initial')).toStrictEqual({ values: HARD_VALUES });
  expect(result).toStrictEqual({ ...HARD_VALUES, succeeded: true });
});

/** Without the texts that are templates: the input of a task and of a rule is rendered. */
const HARD_CONSTANTS: Parameters = Object.fromEntries(
  Object.entries(HARD_VALUES).filter(([, value]) => !(typeof value === 'string' && value.includes('{{'))),
);

claim.concurrent('T2.15b', NEEDS, 'an event and the parameters of its rule keep each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const actionParams = { constant: HARD_CONSTANTS, whole: '{{ event.payload }}', ...templates('event.payload') };
  const { rule, post } = await ctx.webhookRule({ action: 'encode-stdin-json', actionParams });

  const { event_id: event } = await post(HARD_VALUES);

  const filter = { rule_ref: rule.ref };
  const [execution] = await until(executionsToBe('completed', 1, ctx.client, filter), ctx.deadline);
  expect((await ctx.client.events.get(event)).payload).toStrictEqual(HARD_VALUES);
  const ended = await ctx.client.executions.get(execution!.id);
  const expected = { constant: HARD_CONSTANTS, whole: HARD_VALUES, ...HARD_VALUES };
  expect(ended.config).toStrictEqual(expected);
  expect(receivedJson(ended)).toStrictEqual(expected);
});

claim.concurrent('T2.15c', [...NEEDS, 'workflows.with_items'], 'a list of items keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const values = Object.values(HARD_VALUES);
  const each = {
    ...encodeTask(ctx, 'each', { item: '{{ item }}' }, onSuccess('after')),
    with_items: '{{ parameters.list }}',
  };
  const after = encodeTask(ctx, 'after', { items: '{{ task.each.items }}' });
  const parameters = { list: values };
  const id = await startWorkflow(ctx, [{ ...each, concurrency: 5 }, after], {}, { parameters });

  await complete(ctx, id);

  const { items } = (await receivedByTask(ctx, id, 'after')) as { items: { stdout: string }[] };
  const decoded = items.map(({ stdout }) => JSON.parse(Buffer.from(stdout, 'base64').toString()) as unknown);
  expect(decoded).toStrictEqual(values.map((item) => ({ item })));
});

const KEYS = ['keys.from_actions', 'keys.encryption', 'runtimes.node', 'ledger.shared'];

/**
 * Stores each value under a key of this action. Every process of an action receives its keys, and
 * those that are encrypted are masked in its output.
 */
const storeValues = async (ctx: Context, action: string, encrypted: boolean) => {
  const { keys } = ctx.client;
  const owner = { owner_type: 'action' as const, owner_action_ref: ctx.action(action) };
  const prefix = ctx.name(encrypted ? 'encrypted' : 'plain');
  const stored = Object.entries(HARD_VALUES).map(([name, value]) => ({ ref: `${prefix}-${name}`, value }));
  ctx.defer(() => Promise.all(stored.map(({ ref }) => keys.removeIfExists(ref))));
  await Promise.all(stored.map(({ ref, value }) => keys.create({ ref, name: ref, value, encrypted, ...owner })));
  return stored;
};

claim.concurrent('T2.15d', KEYS, 'a key keeps each value, also when it is overwritten', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const { keys, executions } = ctx.client;
  const plain = await storeValues(ctx, 'read-key', false);
  const stored = [...plain, ...(await storeValues(ctx, 'write-key', true))];
  const valuesNow = () => Promise.all(stored.map(async ({ ref }) => (await keys.get(ref)).value));
  const values = stored.map(({ value }) => value);
  const otherValues = [...values.slice(1), values[0]!];

  const written = await valuesNow();
  await Promise.all(stored.map(({ ref }, n) => keys.update(ref, { value: otherValues[n]! })));
  const overwritten = await valuesNow();
  await Promise.all(stored.map(({ ref, value }) => keys.update(ref, { value })));
  const refs = plain.map(({ ref }) => ref);
  const parameters = { ...ctx.ledgerInput('read'), refs };
  const { id } = await executions.execute({ action_ref: ctx.action('read-key'), parameters });
  const { result } = await complete(ctx, id);

  expect(written).toStrictEqual(values);
  expect(overwritten).toStrictEqual(otherValues);
  const all = Object.fromEntries(
    plain.map(({ ref, value }) => [ref, { status: 200, value, sha256: sha256OfJson(value) }]),
  );
  expect(result).toMatchObject({ data: { all } });
});

const INQUIRIES = ['inquiries.ask', 'ledger.shared'];
const DEFAULTS = [...INQUIRIES, 'inquiries.expiry', 'inquiries.default_response'];

claim.concurrent('T2.15e', INQUIRIES, 'the response to an inquiry keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const response = { ...HARD_VALUES, nonce: ctx.nonce };
  const input = { ...templates('result().response'), whole: '{{ result().response }}' };
  const id = await startWorkflow(ctx, [
    inquiryTask({}, { next: [onSuccess('apply')] }),
    encodeTask(ctx, 'apply', input),
  ]);
  const inquiry = await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline);

  const responded = await ctx.client.inquiries.respond(inquiry.id, response);
  await complete(ctx, id);

  expect(responded.response).toStrictEqual(response);
  expect((await ctx.client.inquiries.get(inquiry.id)).response).toStrictEqual(response);
  expect(await receivedByTask(ctx, id, 'apply')).toStrictEqual({ ...HARD_VALUES, whole: response });
});

/** Defaults that are no maps. A null default is none. */
const DEFAULT_RESPONSES: readonly Value[] = [false, 0, '', [], {}, 'no', '1', 0.5, [null, false], HARD_CONSTANTS];

claim.concurrent('T2.15f', DEFAULTS, 'the default response of an inquiry keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const timeout = inquiryTimeoutSeconds(1, ctx);
  const gates = DEFAULT_RESPONSES.flatMap((default_response, n) => {
    const next = [onSuccess(`apply-${n}`)];
    const apply = encodeTask(ctx, `apply-${n}`, { response: '{{ result().response }}' });
    return [{ ...inquiryTask({ default_response }, { next, timeout }), name: `gate-${n}` }, apply];
  });

  const id = await startWorkflow(ctx, gates);
  await complete(ctx, id);

  const inquiries = await Promise.all(
    DEFAULT_RESPONSES.map(async (_, n) => {
      const gate = await childOf(ctx, id, `gate-${n}`);
      const [listed] = await ctx.client.inquiries.ofExecution(gate.id);
      return until(inquiryToBe('timeout', ctx.client, listed!.id), ctx.deadline);
    }),
  );
  expect(inquiries.map(({ response }) => response)).toStrictEqual(DEFAULT_RESPONSES);
  const applied = await Promise.all(DEFAULT_RESPONSES.map((_, n) => receivedByTask(ctx, id, `apply-${n}`)));
  expect(applied).toStrictEqual(DEFAULT_RESPONSES.map((response) => ({ response })));
});

/** For a format: the values in a text that a process received. */
const PARSERS: Record<string, readonly ((text: string) => unknown)[]> = {
  json: [JSON.parse],
  // a program may read either version: in 1.1, the text `no` is false
  yaml: [(text) => parse(text, { version: '1.2' }) as unknown, (text) => parse(text, { version: '1.1' }) as unknown],
};

claim.concurrent('T2.15g', NEEDS, 'each format and delivery of parameters keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const run = async (delivery: string, format: string) => {
    const action_ref = ctx.action(`encode-${delivery}-${format}`);
    const { id } = await ctx.client.executions.execute({ action_ref, parameters: HARD_VALUES });
    return receivedText(await complete(ctx, id));
  };

  for (const format of ['json', 'yaml', 'dotenv']) {
    for (const text of await Promise.all(['stdin', 'file'].map((delivery) => run(delivery, format)))) {
      for (const read of PARSERS[format] ?? []) expect(read(text)).toStrictEqual(HARD_VALUES);
      if (format === 'dotenv') expect(dotenvEntries(text)).toStrictEqual(dotenvEntries(dotenvText(HARD_VALUES)));
    }
  }
});

/** Prints each value and its `PARAM_` twin, two variables, and the number of exported ones. */
const SCRIPT = `{
for each in ${Object.keys(HARD_VALUES).join(' ')}; do
  twin=PARAM_\${each^^}
  printf '%s\\0' "\${!each}" "\${!twin}"
done
printf '%s\\0' "$E2E_TEXT" "$ATTUNE_ACTION"
env | grep -c -e ^PARAM_ -e ^shell_text= || true
} | base64 -w 0`;

const jsonOf = (text: string): unknown => JSON.parse(text);

claim.concurrent('T2.15i', NEEDS, 'the script of an action receives each value as a variable', async (ctx) => {
  const ref = await createScriptAction(ctx, await ctx.ownPack(), SCRIPT);
  const env_vars = { E2E_TEXT: HARD_VALUES.shell_text, ATTUNE_ACTION: 'forged' };

  const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters: HARD_VALUES, env_vars });
  const texts = receivedText(await complete(ctx, id)).split('\0');

  const sent = Object.values<Value>(HARD_VALUES).flatMap((value) => [value, value]);
  const variables = texts.slice(0, sent.length);
  const received = variables.map((text, n) => (typeof sent[n] === 'string' ? text : jsonOf(text)));
  expect(received).toStrictEqual(sent);
  const documents = variables.filter((_, n) => typeof sent[n] !== 'string');
  expect(documents).toEqual(documents.map((text) => JSON.stringify(jsonOf(text)))); // compact
  expect(texts.slice(sent.length)).toEqual([HARD_VALUES.shell_text, ref, '0\n']);
});

const values: Value[] = Object.values(HARD_VALUES);
const YAML_WORDS = {
  word: 'no',
  text: 'no',
  time: '12:30',
  day: '2026-01-02',
  number: 1,
  text_number: '1',
  nothing: null,
};
const YAML_TEXT = 'word: no\ntext: "no"\ntime: 12:30\nday: 2026-01-02\nnumber: 1\ntext_number: "1"\nnothing: ~\n';

/** By output format: a text that a process prints, and the `data` of its result. */
const OUTPUTS: readonly { format: string; text: string; data: unknown }[] = [
  { format: 'json', text: JSON.stringify(HARD_VALUES), data: HARD_VALUES },
  { format: 'json', text: JSON.stringify(HARD_VALUES, null, 2), data: HARD_VALUES },
  { format: 'json', text: `a line\n${JSON.stringify(HARD_VALUES)}\n\n`, data: HARD_VALUES },
  { format: 'yaml', text: JSON.stringify(HARD_VALUES), data: HARD_VALUES },
  { format: 'yaml', text: YAML_TEXT, data: YAML_WORDS },
  { format: 'jsonl', text: values.map((value) => `${JSON.stringify(value)}\n`).join(''), data: values },
  { format: 'jsonl', text: '{"a": 1}\nno document\n\nfalse\n', data: [{ a: 1 }, false] },
  ...values.map((value) => ({ format: 'json', text: JSON.stringify(value), data: value })),
  ...[
    { format: 'text', text: '{"a": 1}\n' },
    { format: 'text', text: 'a\r\nb\r\n' },
    { format: 'json', text: '{"a": 1\n' },
    { format: 'yaml', text: ' \n' },
    { format: 'yaml', text: 'a: [\n' },
  ].map((row) => ({ ...row, data: undefined })), // no document: the text stays
];

claim.concurrent('T2.15h', NEEDS, 'each output format keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const ended = await Promise.all(
    OUTPUTS.map(async ({ format, text }) => {
      const parameters = { encoded: Buffer.from(text).toString('base64') };
      const { id } = await ctx.client.executions.execute({ action_ref: ctx.action(`print-${format}`), parameters });
      return (await complete(ctx, id)).result;
    }),
  );

  const outputs = ended.map((result) => [(result as Parameters).data, (result as Parameters).stdout]);
  expect(outputs).toStrictEqual(OUTPUTS.map(({ data, text }) => [data, data === undefined ? text : undefined]));
});

const DECLARED = {
  missing: { type: 'string', default: 'by default' },
  empty: { type: 'array', default: [1, { a: 2 }] },
  zero: { type: 'integer', default: 7 },
  no: { type: 'boolean', default: true },
};

claim.concurrent('T2.15j', NEEDS, 'a parameter of a workflow that is missing or null has its default', async (ctx) => {
  await ctx.pack('e2e-values');
  const tasks = [encodeTask(ctx, 'T', templates('parameters', DECLARED))];
  const parameters = { empty: null, zero: 0, no: false };
  const schemas = [DECLARED, { type: 'object', properties: DECLARED }];
  const declarations = [{ parameters: DECLARED }, ...schemas.map((param_schema) => ({ param_schema }))];
  const ids = await Promise.all(
    declarations.map((parts, n) => startWorkflow(ctx, tasks, { name: `flow${n}`, ...parts }, { parameters })),
  );
  const roots = await Promise.all(ids.map((id) => complete(ctx, id)));

  const received = { ...parameters, missing: 'by default', empty: [1, { a: 2 }] };
  for (const id of ids) expect(await receivedByTask(ctx, id, 'T')).toStrictEqual(received);
  expect(roots.map(({ config }) => config)).toEqual(declarations.map(() => parameters)); // as requested
});
