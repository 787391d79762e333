import type { Json, JsonObject } from '../../../contract/json';
import { loadDefinition } from '../../../platform/core/workflow/load';
import { initial, step } from '../../../platform/core/workflow/step';
import type { ChildEnded, Definition, Signal, State, Step } from '../../../platform/core/workflow/types';
import { task, workflow } from './play';

const STARTED = { type: 'started', parameters: {}, config: {} } as const;
const MIB = 1_048_576;

/** Processor time of this process, ms: what other processes take of the machine is not counted. */
const ownTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** One step and its own time, the best of five: the first also compiles this program, and a busy machine slows others. */
const timed = (definition: Definition, state: State, signal: Signal): Step & { readonly ownMs: number } => {
  const runs = [1, 2, 3, 4, 5].map(() => {
    const from = ownTime();
    const next = step(definition, state, signal, 1_000);
    return { ...next, ownMs: ownTime() - from };
  });
  return runs.reduce((best, run) => (run.ownMs < best.ownMs ? run : best));
};

const begun = (tasks: JsonObject[], more: JsonObject = {}) => timed(workflow(tasks, more), initial(), STARTED);

const ended = (name: string, result: Json): ChildEnded => ({
  ...{ type: 'child-ended', task: name, index: null, retry: 0, status: 'completed', result, undispatched: false },
});

/** The step that takes the end of task `a` into account. */
const after = (next: JsonObject[], result: Json, more: JsonObject = {}, others: JsonObject[] = []) => {
  const definition = workflow([task('a', { next }), ...others], more);
  return timed(definition, step(definition, initial(), STARTED, 0).state, ended('a', result));
};

const codes = ({ effects }: Step): string[] => [
  ...new Set(effects.flatMap((effect) => (effect.type === 'record-undispatched' ? [effect.code] : []))),
];
const warnings = ({ effects }: Step): string[] =>
  effects.flatMap((effect) =>
    effect.type === 'log' && effect.entry === 'WARNING' ? [JSON.stringify(effect.payload.error)] : [],
  );
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

describe('one step of a hostile workflow holds a core for less than 100 ms', () => {
  test('many tasks that each do a lot', () => {
    const next = begun(many(500, (n) => task(`t${n}`, { input: { x: '{{ sum(range(40000)) }}' } })));

    expect(codes(next)).toEqual(['TEMPLATE_TIMEOUT']);
    expect(next.ownMs).toBeLessThan(100);
  });

  test('a list of many items whose inputs are much work together', () => {
    const next = begun([task('a', { with_items: '{{ range(5000) }}', input: { x: '{{ sum(range(100)) + item }}' } })]);

    expect(codes(next)).toEqual(['TEMPLATE_TIMEOUT']);
    expect(next.ownMs).toBeLessThan(100);
  });

  test('a list of very many items', () => {
    const next = begun([task('a', { with_items: '{{ range(100000) }}', input: { x: '{{ item }}' } })]);

    expect(codes(next)).toEqual(['TEMPLATE_TIMEOUT']);
    expect(next.ownMs).toBeLessThan(100);
  });

  test('many conditions', () => {
    const when = '{{ match("(a+)+$", result().text) }}';
    const next = after(
      many(500, () => ({ when, do: ['b'] })),
      { text: 'a'.repeat(5_000) + '!' },
      {},
      [task('b')],
    );

    expect(warnings(next).some((text) => text.includes('steps'))).toBe(true);
    expect(next.ownMs).toBeLessThan(100);
  });

  test('a large value published under many names', () => {
    const publish = many(500, (n) => ({ [`v${n}`]: '{{ result().text }}' }));
    const next = after([{ publish }], { text: 'x'.repeat(MIB - 1_000) });

    expect(Object.keys(next.state.variables).length).toBeLessThan(9);
    expect(warnings(next).length).toBeGreaterThan(490);
    expect(next.ownMs).toBeLessThan(100);
  });

  test('an output map that repeats a large value', () => {
    const output_map = Object.fromEntries(many(500, (n) => [`v${n}`, '{{ result().text }}']));
    const next = after([], { text: 'x'.repeat(MIB - 1_000) }, { output_map });

    expect(next.state.status).toBe('completed');
    expect(JSON.stringify(next.effects).length).toBeLessThan(13 * MIB);
    expect(next.ownMs).toBeLessThan(100);
  });

  test('a large literal given to many items', () => {
    const next = begun([task('a', { with_items: '{{ range(1000) }}', input: { x: 'x'.repeat(500_000) } })]);

    expect(codes(next)).toEqual(['TEMPLATE_LIMIT']);
    expect(next.ownMs).toBeLessThan(100);
  });

  test('input with very many members', () => {
    const input = { list: many(200_000, (n) => n) };
    const next = begun(many(20, (n) => task(`t${n}`, { input })));

    expect(codes(next)).toEqual(['TEMPLATE_TIMEOUT']);
    expect(next.ownMs).toBeLessThan(100);
  });
});

test('ten thousand ordinary items are far from the limits', () => {
  const input = { host: '{{ parameters.host }}', path: '/x/{{ item }}', n: '{{ index + 1 }}', plain: 'as it is' };
  const definition = workflow([task('a', { with_items: '{{ range(10000) }}', concurrency: 10, input })]);

  const { effects } = step(definition, initial(), { ...STARTED, parameters: { host: 'h' } }, 0);

  expect(effects.filter(({ type }) => type === 'start-child')).toHaveLength(10_000);
});

const texts = (make: (n: number) => string) => [task('a', { input: { x: many(50_000, make) } })];

test.each([
  ['one text of many expressions', () => [task('a', { input: { x: '{{ parameters.a }}'.repeat(50_000) } })]],
  ['many texts', () => texts((n) => `{{ parameters.a${n} }}`)],
  ['many unknown names', () => texts((n) => `{{ a${n} }}`)],
  ['an expression of a megabyte', () => [task('a', { input: { x: `{{ ${'1 + '.repeat(250_000)}1 }}` } })]],
  [
    'expressions as long as may be',
    () => [task('a', { input: { x: many(60, () => `{{ ${'1 + '.repeat(4_000)}1 }}`) } })],
  ],
  ['a condition of braces', () => [task('a', { when: '{{}}'.repeat(250_000) })]],
  ['as many tasks as may be', () => many(5_000, (n) => task(`t${n}`, { next: [{ do: [`t${(n + 1) % 5_000}`] }] }))],
])('reading and checking %s takes less than 100 ms each', (_, tasks) => {
  const document = { version: '1.0.0', tasks: tasks() };
  const runs = many(3, () => {
    const from = ownTime();
    const loaded = loadDefinition(document, { ref: 'e2e.flow' });
    const read = ownTime();
    expect(loaded.warnings.length).toBeLessThan(5_000);
    return { readMs: read - from, checkedMs: ownTime() - read };
  });

  expect(Math.min(...runs.map(({ readMs }) => readMs))).toBeLessThan(100);
  expect(Math.min(...runs.map(({ checkedMs }) => checkedMs))).toBeLessThan(100);
});

test('more tasks than may be are refused', () => {
  expect(() => workflow(many(5_001, (n) => task(`t${n}`)))).toThrow('at most 5000 tasks');
});
