/**
 * @jest-environment <rootDir>/tests/unit/core/environment.js
 */
import type { Json, JsonObject } from '../../../../contract/json';
import type { WorkflowDefinition } from '../../../../platform/core/workflow/definition';
import type { ChildEnded, Signal, WorkflowState } from '../../../../platform/core/workflow/types';
import { comparableMs, growthOf, MAX_GROWTH, MAX_ROUNDS, PARTS } from '../../processor-time';
import { plainNode } from '../plain-node';
import type { StepResult } from './step-from';
import { task, workflow } from './workflow-simulator';

const { initialState, loadDefinition, stepFrom } = plainNode;

const STARTED = { type: 'started', parameters: {}, config: {} } as const;
const MIB = 1_048_576;

const LIMIT_MS = 100;

/** One step, with its processor time in ms of an idle processor. */
function timedStep(
  definition: WorkflowDefinition,
  state: WorkflowState,
  signal: Signal,
): StepResult & { readonly ms: number } {
  let step: StepResult | undefined;
  const ms = comparableMs(() => (step = stepFrom(definition, state, signal, 1_000)), LIMIT_MS);
  return { ...step!, ms };
}

const startedStep = (tasks: JsonObject[]) => timedStep(workflow(tasks), initialState(), STARTED);

const childEnded = (name: string, result: Json): ChildEnded => ({
  type: 'child-ended',
  task: name,
  index: null,
  round: 1,
  retry: 0,
  status: 'completed',
  result,
  undispatched: false,
});

/** The step after the end of task `a`. */
const stepAfterTask = (next: JsonObject[], result: Json, more: JsonObject = {}, others: JsonObject[] = []) => {
  const definition = workflow([task('a', { next }), ...others], more);
  return timedStep(definition, stepFrom(definition, initialState(), STARTED, 0).state, childEnded('a', result));
};

const codes = ({ effects }: StepResult): string[] => [
  ...new Set(effects.flatMap((effect) => (effect.type === 'record-undispatched' ? [effect.code] : []))),
];
const warnings = ({ effects }: StepResult): string[] =>
  effects.flatMap((effect) =>
    effect.type === 'log' && effect.entry === 'WARNING' ? [JSON.stringify(effect.payload.error)] : [],
  );
const repeat = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

describe('TP-02 one step of a hostile workflow takes less than 100 ms', () => {
  test('many tasks with expensive inputs', () => {
    const next = startedStep(repeat(500, (n) => task(`t${n}`, { input: { x: '{{ sum(range(40000)) }}' } })));

    expect(codes(next)).toEqual(['TEMPLATE_TIMEOUT']);
    expect(next.ms).toBeLessThan(LIMIT_MS);
  });

  test('many items with expensive inputs', () => {
    const next = startedStep([
      task('a', { with_items: '{{ range(5000) }}', input: { x: '{{ sum(range(100)) + item }}' } }),
    ]);

    expect(codes(next)).toEqual(['TEMPLATE_TIMEOUT']);
    expect(next.ms).toBeLessThan(LIMIT_MS);
  });

  test('a list of very many items', () => {
    const next = startedStep([task('a', { with_items: '{{ range(100000) }}', input: { x: '{{ item }}' } })]);

    expect(codes(next)).toEqual(['TEMPLATE_TIMEOUT']);
    expect(next.ms).toBeLessThan(LIMIT_MS);
  });

  test('many conditions', () => {
    const when = '{{ match("(a+)+$", result().text) }}';
    const next = stepAfterTask(
      repeat(500, () => ({ when, do: ['b'] })),
      { text: 'a'.repeat(5_000) + '!' },
      {},
      [task('b')],
    );

    expect(warnings(next).some((text) => text.includes('steps'))).toBe(true);
    expect(next.ms).toBeLessThan(LIMIT_MS);
  });

  test('a large value published under many names', () => {
    const publish = repeat(500, (n) => ({ [`v${n}`]: '{{ result().text }}' }));
    const next = stepAfterTask([{ publish }], { text: 'x'.repeat(MIB - 1_000) });

    expect(Object.keys(next.state.variables).length).toBeLessThan(9);
    expect(warnings(next).length).toBeGreaterThan(490);
    expect(next.ms).toBeLessThan(LIMIT_MS);
  });

  test('an output map that repeats a large value', () => {
    const output_map = Object.fromEntries(repeat(500, (n) => [`v${n}`, '{{ result().text }}']));
    const next = stepAfterTask([], { text: 'x'.repeat(MIB - 1_000) }, { output_map });

    expect(next.state.status).toBe('completed');
    expect(JSON.stringify(next.effects).length).toBeLessThan(13 * MIB);
    expect(next.ms).toBeLessThan(LIMIT_MS);
  });

  test('a large literal given to many items', () => {
    const next = startedStep([task('a', { with_items: '{{ range(1000) }}', input: { x: 'x'.repeat(500_000) } })]);

    expect(codes(next)).toEqual(['TEMPLATE_LIMIT']);
    expect(next.ms).toBeLessThan(LIMIT_MS);
  });

  test('input with very many members', () => {
    const input = { list: repeat(200_000, (n) => n) };
    const next = startedStep(repeat(20, (n) => task(`t${n}`, { input })));

    expect(codes(next)).toEqual(['TEMPLATE_TIMEOUT']);
    expect(next.ms).toBeLessThan(LIMIT_MS);
  });
});

test('ten thousand ordinary items are within the limits', () => {
  const input = { host: '{{ parameters.host }}', path: '/x/{{ item }}', n: '{{ index + 1 }}', plain: 'as it is' };
  const definition = workflow([task('a', { with_items: '{{ range(10000) }}', concurrency: 10, input })]);

  const { effects } = stepFrom(definition, initialState(), { ...STARTED, parameters: { host: 'h' } }, 0);

  expect(effects.filter(({ type }) => type === 'start-child')).toHaveLength(10_000);
});

const texts = (make: (n: number) => string) => [task('a', { input: { x: repeat(50_000, make) } })];

test.each([
  ['one text of many expressions', () => [task('a', { input: { x: '{{ parameters.a }}'.repeat(50_000) } })]],
  ['many texts', () => texts((n) => `{{ parameters.a${n} }}`)],
  ['many unknown names', () => texts((n) => `{{ a${n} }}`)],
  ['an expression of 1 MB', () => [task('a', { input: { x: `{{ ${'1 + '.repeat(250_000)}1 }}` } })]],
  [
    'expressions of maximum length',
    () => [task('a', { input: { x: repeat(60, () => `{{ ${'1 + '.repeat(4_000)}1 }}`) } })],
  ],
  ['a condition of braces', () => [task('a', { when: '{{}}'.repeat(250_000) })]],
])('loading and linting %s take less than 100 ms each', (_, tasks) => {
  const document = { version: '1.0.0', tasks: tasks() };
  const load = () => loadDefinition(document, { ref: 'e2e.flow' });
  const loaded = repeat(MAX_ROUNDS, load);

  expect(load().warnings.length).toBeLessThan(5_000);
  expect(comparableMs(load, LIMIT_MS)).toBeLessThan(LIMIT_MS);
  expect(comparableMs(() => loaded.pop()!.warnings, LIMIT_MS)).toBeLessThan(LIMIT_MS);
});

const MAX_TASKS = 5_000;

test('loading and linting take time proportional to the number of tasks', () => {
  const circle = (length: number) => ({
    version: '1.0.0',
    tasks: repeat(length, (n) => task(`t${n}`, { next: [{ do: [`t${(n + 1) % length}`] }] })),
  });
  const [whole, part] = [circle(MAX_TASKS), circle(Math.ceil(MAX_TASKS / PARTS))];
  const check = (document: Json) => expect(loadDefinition(document, { ref: 'e2e.flow' }).warnings).toEqual([]);

  const growth = growthOf(
    () => check(whole),
    () => check(part),
  );

  expect(growth).toBeLessThan(MAX_GROWTH);
});

test('a definition with too many tasks is rejected', () => {
  expect(() => workflow(repeat(MAX_TASKS + 1, (n) => task(`t${n}`)))).toThrow('at most 5000 tasks');
});
