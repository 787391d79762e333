// Spec: an expression at a limit has its value; beyond it, it has none, and says which limit.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { noopTask, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.log'];

/** Runs a workflow with this output map. Returns its output, and the warnings of its log. */
const outputOf = async (ctx: Context, name: string, output_map: Record<string, string>, tasks = [noopTask('T')]) => {
  const { ref } = await ctx.workflow(tasks, { name, output_map });
  const { id, result } = await runToEnd(ctx, ref);
  const entries = await until(logToEnd(ctx.client, id), ctx.deadline);
  return { result, warnings: entries.flatMap(({ type, payload }) => (type === 'WARNING' ? [payload] : [])) };
};

const KIB = 1_024;

/** An expression of so many bytes. Its value is the number of bytes of its text. */
const ofBytes = (bytes: number) => `length("${'é'.repeat((bytes - 10) / 2)}")`;

/** So many lists in each other. */
const ofDepth = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** An expression whose value is a text of one MiB, and so many characters less. */
const mebibyte = (less = 0) =>
  [0, less]
    .map((n) => `replace("${'a'.repeat(KIB / 2 - 1)}", "a", "${'b'.repeat(KIB)}") + "${'c'.repeat(KIB - n)}"`)
    .join(' + ');

/** Of each limit: an expression at it, its value, one beyond it, and the warning about that. */
const LIMITS = {
  text: [ofBytes(16 * KIB), 16 * KIB - 10, ofBytes(16 * KIB + 2), 'longer than 16384 bytes'],
  depth: [`type_of(${ofDepth(64)})`, 'array', `type_of(${ofDepth(65)})`, 'nested deeper than 64 levels'],
  length: [`length(${mebibyte()})`, KIB * KIB, `length(${mebibyte()} + "d")`, 'larger than 1048576 characters'],
  steps: ['length(range(160000))', 160_000, 'length(range(170000))', 'more than 1000000 steps'],
} as const;

claim('T2.4n', NEEDS, 'an expression has its value up to a limit, and none beyond it', async (ctx) => {
  const rows = Object.entries(LIMITS);
  const templates = (n: 0 | 2) => Object.fromEntries(rows.map(([name, row]) => [name, `{{${row[n]}}}`]));

  const [within, beyond] = [await outputOf(ctx, 'within', templates(0)), await outputOf(ctx, 'beyond', templates(2))];

  const values = Object.fromEntries(rows.map(([name, [, value]]) => [name, value]));
  expect(within).toEqual({ result: { succeeded: true, ...values }, warnings: [] });
  expect(beyond.result).toEqual({ succeeded: true });
  const warning = (text: string) => expect.stringContaining(text) as string;
  expect(beyond.warnings).toEqual(rows.map(([output, row]) => ({ output, error: warning(row[3]) })));
});

claim('T2.4o', NEEDS, 'the expressions of one step have a limit together', async (ctx) => {
  const steps = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, '{{ length(range(80000)) }}']));

  const { result, warnings } = await outputOf(ctx, 'steps', steps);

  const error = 'the expressions need more than 1500000 steps: work on fewer items at a time';
  expect(result).toEqual({ succeeded: true, a: 80_000, b: 80_000, c: 80_000 });
  expect(warnings).toEqual([{ output: 'd', error }]);
});

const NAMES = Array.from({ length: 14 }, (_, n) => `v${n}`);

/**
 * `v0` is one MiB of JSON. The next step publishes it again under all other names, and the last
 * one under a name that has it.
 */
const PUBLISHING: Task[] = [
  noopTask('T', { next: [{ publish: [{ v0: `{{ ${mebibyte(2)} }}` }], do: ['U'] }] }),
  noopTask('U', { next: [{ publish: NAMES.slice(1).map((name) => ({ [name]: '{{ workflow.v0 }}' })), do: ['V'] }] }),
  noopTask('V', { next: [{ publish: [{ v1: '{{ workflow.v0 }}' }] }] }),
];

claim('T2.4p', NEEDS, 'what one step renders, and all variables, have a size together', async (ctx) => {
  const sizes = Object.fromEntries(NAMES.map((name) => [name, `{{ length(workflow.${name} | default("")) }}`]));

  const { result, warnings } = await outputOf(ctx, 'sizes', sizes, PUBLISHING);

  const stored = NAMES.map((name, n) => [name, n < 8 ? KIB * KIB - 2 : 0]);
  expect(result).toEqual({ succeeded: true, ...Object.fromEntries(stored) });
  const variables = 'TEMPLATE_LIMIT: the variables together are larger than 8388608 characters: publish less';
  const values = 'the values together are larger than 12582912 characters: produce less at a time';
  const published = (names: string[], error: string) => names.map((publish) => ({ task: 'U', publish, error }));
  expect(warnings).toEqual([...published(NAMES.slice(12), values), ...published(NAMES.slice(8, 12), variables)]);
});
