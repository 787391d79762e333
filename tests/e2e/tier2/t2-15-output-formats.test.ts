// Spec: each format of an output keeps each value.
import { HARD_VALUES } from '../../../helpers/fixtures/hard-values';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];
const LOGGED = [...NEEDS, 'executions.log'];

type Value = Parameters[string];

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

/** The output of a process that prints this text in this format: its data, and the text itself. */
const outputOfPrinter = async (ctx: Context, format: string, text: string) => {
  const { result } = await runToEnd(ctx, `print-${format}`, { encoded: Buffer.from(text).toString('base64') });
  const { data, stdout } = result as Parameters;
  return [data, stdout];
};

claim.concurrent('T2.15h', NEEDS, 'each output format keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');

  const outputs = await Promise.all(OUTPUTS.map(({ format, text }) => outputOfPrinter(ctx, format, text)));

  expect(outputs).toStrictEqual(OUTPUTS.map(({ data, text }) => [data, data === undefined ? text : undefined]));
});

/** The bytes of a text in another encoding than UTF-8. */
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Texts that are not of their format, what is kept of them, and where the first fault is. */
const INVALID_OUTPUTS = [
  { format: 'json', text: 'a line\n{"a": 1}\n', data: { a: 1 }, at: [1, 1, 'a'] },
  { format: 'json', text: '{"a": 1\n', data: undefined, at: [2, 1, ''] },
  { format: 'jsonl', text: '{"a": 1}\n{"b": }\n', data: [{ a: 1 }], at: [2, 7, '}'] },
  { format: 'yaml', text: 'a: 1\nb: [\n', data: undefined, at: [3, 1, ''] },
  { format: 'json', text: '[1, 18446744073709551616]\n', data: undefined, at: [1, 5, '18446744073709551616'] },
  { format: 'json', text: latin1('{"a":\n "\xe9"}\n'), data: { a: '\uFFFD' }, at: [2, 3, 'byte 0xe9'] },
  { format: 'jsonl', text: latin1('1\n"\xff"\n'), data: [1, '\uFFFD'], at: [2, 2, 'byte 0xff'] },
  { format: 'yaml', text: latin1('a: \xe9\n'), data: { a: '\uFFFD' }, at: [1, 4, 'byte 0xe9'] },
];

claim('T2.15l', LOGGED, 'output that is not of its format has a warning with the place', async (ctx) => {
  await ctx.pack('e2e-values');
  const run = async ({ format, text }: { format: string; text: string | Buffer }) => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    const { id, result } = await runToEnd(ctx, `print-${format}`, { encoded: bytes.toString('base64') });
    const entries = await until(logToEnd(ctx.client, id), ctx.deadline);
    return { data: (result as Parameters).data, warnings: entries.filter(({ type }) => type === 'WARNING') };
  };

  const outputs = await Promise.all([...INVALID_OUTPUTS, { format: 'json', text: '{}' }].map(run));

  const place = ({ format, data, at: [line, column, found] }: (typeof INVALID_OUTPUTS)[number]) => ({
    data,
    warnings: [{ payload: { code: 'OUTPUT_INVALID', format, line, column, found } }],
  });
  expect(outputs).toMatchObject([...INVALID_OUTPUTS.map(place), { data: {}, warnings: [] }]);
});
