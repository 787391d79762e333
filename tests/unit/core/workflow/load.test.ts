import type { Json, JsonObject } from '../../../../contract/json';
import type { TransitionDefinition } from '../../../../platform/core/workflow/definition';
import { DefinitionError } from '../../../../platform/core/workflow/load/definition-error';
import { loadDefinition } from '../../../../platform/core/workflow/load/load-definition';
import { task } from './workflow-simulator';

const load = (tasks: Json, more: JsonObject = {}) =>
  loadDefinition({ ref: 'p.w', version: '1', tasks, ...more }, { ref: 'p.w' });
const nextOf = (more: JsonObject) =>
  load([task('a', more), ...['s', 'f', 'c', 't'].map((name) => task(name))]).definition.tasks.get('a')?.next;

function definitionError(work: () => unknown): { message: string; path: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof DefinitionError) return { message: error.message, path: error.path };
    throw error;
  }
  throw new Error('no DefinitionError was thrown');
}

describe('invalid documents', () => {
  it.each<[JsonObject, string, string]>([
    [
      { next: [{ when: 'true' }, { do: ['b', 'nope'] }] },
      "Invalid task reference: Task 'a' references non-existent task 'nope'",
      '/tasks/0/next/1/do',
    ],
    [
      { on_failure: 'nope' },
      "Invalid task reference: Task 'a' references non-existent task 'nope'",
      '/tasks/0/on_failure',
    ],
    [
      { decision: [{ when: 'x', next: 'nope' }] },
      "Invalid task reference: Task 'a' references non-existent task 'nope'",
      '/tasks/0/decision/0/next',
    ],
    [{ action: null }, "Missing required field: Task 'a' of type 'action' must have an 'action' field", '/tasks/0'],
    [{ type: 'parallel' }, "Missing required field: Task 'a' of type 'parallel' must have a 'tasks' field", '/tasks/0'],
    [
      { type: 'parallel', tasks: [] },
      "Invalid field value: Task 'a' - Parallel task must contain at least one sub-task",
      '/tasks/0/tasks',
    ],
  ])('%j', (more, message, path) => {
    expect(definitionError(() => load([task('a', more), task('b')]))).toEqual({ message, path });
  });

  it.each<[JsonObject, RegExp, string]>([
    [{ next: 'b' }, /^YAML parsing error: /, '/tasks/0/next'],
    [{ next: { do: ['b'] } }, /^YAML parsing error: /, '/tasks/0/next'],
    [{ next: [{ do: 'b' }] }, /^YAML parsing error: /, '/tasks/0/next/0/do'],
    [{ next: [{ publish: { x: 1 } }] }, /^YAML parsing error: /, '/tasks/0/next/0/publish'],
    [{ next: [{ do: [1] }] }, /^YAML parsing error: /, '/tasks/0/next/0/do/0'],
    [{ join: 'all' }, /^YAML parsing error: .*whole number/, '/tasks/0/join'],
    [{ decision: [{ default: 'b' }] }, /^YAML parsing error: /, '/tasks/0/decision/0'],
    [{ decision: [{ default: 'b', next: 'b' }] }, /^YAML parsing error: /, '/tasks/0/decision/0/default'],
    [{ type: 'loop' }, /^YAML parsing error: /, '/tasks/0/type'],
    [{ input: ['x'] }, /^YAML parsing error: /, '/tasks/0/input'],
    [{ concurrency: 1.5 }, /^YAML parsing error: /, '/tasks/0/concurrency'],
    [{ timeout: -1 }, /^YAML parsing error: /, '/tasks/0/timeout'],
    [{ timeout: 1e308 }, /^Validation error: /, '/tasks/0/timeout'],
    [{ timeout: 2_147_484 }, /^Validation error: /, '/tasks/0/timeout'],
    [{ timeout: 0.01 }, /^Validation error: /, '/tasks/0/timeout'],
    [{ retry: {} }, /^YAML parsing error: /, '/tasks/0/retry'],
    [{ retry: { count: 0 } }, /^Validation error: /, '/tasks/0/retry/count'],
    [{ retry: { count: 101 } }, /^Validation error: /, '/tasks/0/retry/count'],
    [{ retry: { count: 1, delay: 315_360_001 } }, /at most 315360000$/, '/tasks/0/retry/delay'],
    [{ retry: { count: 1, max_delay: 1e300 } }, /at most 315360000$/, '/tasks/0/retry/max_delay'],
    [{ retry: { count: 1, backoff: 'cubic' } }, /^YAML parsing error: /, '/tasks/0/retry/backoff'],
    [{ name: '' }, /^Validation error: /, '/tasks/0/name'],
    [{ name: 'n'.repeat(256) }, /^Validation error: /, '/tasks/0/name'],
    [{ name: '__proto__' }, /^Validation error: /, '/tasks/0/name'],
    [{ next: [{ publish: ['constructor'] }] }, /^Validation error: /, '/tasks/0/next/0/publish/0'],
    [{ with_items: 7 }, /^YAML parsing error: /, '/tasks/0/with_items'],
    [{ type: 'parallel', tasks: [task('b')] }, /^Validation error: /, '/tasks/0/tasks/0/name'],
    [{ type: 'parallel', tasks: [task('c'), task('c')] }, /^Validation error: /, '/tasks/0/tasks/1/name'],
    [{ permission_set_refs: [1] }, /^YAML parsing error: /, '/tasks/0/permission_set_refs'],
  ])('%j', (more, message, path) => {
    const error = definitionError(() => load([task('a', more), task('b')]));

    expect(error.message).toMatch(message);
    expect(error.path).toBe(path);
  });

  it.each<[Json, JsonObject, RegExp, string]>([
    [[], {}, /^Validation error: /, '/tasks'],
    [null, {}, /^YAML parsing error: /, ''],
    [{ a: {} }, {}, /^YAML parsing error: /, '/tasks'],
    [['a'], {}, /^YAML parsing error: /, '/tasks/0'],
    [[task('a')], { version: 1 }, /^YAML parsing error: /, '/version'],
    [[task('a')], { version: 'v'.repeat(51) }, /^Validation error: /, '/version'],
    [[task('a')], { cancellation_policy: 'stop' }, /^YAML parsing error: /, '/cancellation_policy'],
    [[task('a')], { vars: { prototype: 1 } }, /^Validation error: /, '/vars/prototype'],
    [[task('a')], { output_map: { ['__proto__']: 1 } }, /^Validation error: /, '/output_map/__proto__'],
    [[task('a')], { output_map: [] }, /^YAML parsing error: /, '/output_map'],
  ])('tasks %j with %j', (tasks, more, message, path) => {
    const error = definitionError(() => load(tasks, more));

    expect(error.message).toMatch(message);
    expect(error.path).toBe(path);
  });

  it.each([[null], ['text'], [[]]])('the document %j', (document) => {
    expect(definitionError(() => loadDefinition(document, { ref: 'p.w' })).message).toMatch(
      /^YAML parsing error: the document/,
    );
  });
});

describe('definitions', () => {
  it('take absent fields from the request', () => {
    const { definition, warnings } = loadDefinition({ tasks: [task('a')] }, { ref: 'p.w', version: '2' });

    expect(definition).toMatchObject({ ref: 'p.w', version: '2', vars: {}, cancellationPolicy: 'allow_finish' });
    expect(warnings).toEqual([]);
  });

  it('ignore unknown keys, and name them', () => {
    const { unusedKeys, warnings } = load(
      [
        task('a', {
          inputs: {},
          'x-team': 'ours',
          description: 'first',
          retry: { count: 1, jiter: 1 },
          next: [{ doo: [] }],
        }),
        task('b', { type: 'parallel', action: null, tasks: [{ name: 'c', action: 'core.noop', on_sucess: 'a' }] }),
      ],
      { timeout: 3, outputmap: {}, 'x-defaults': {}, output: {}, tags: [] },
    );

    expect(unusedKeys).toEqual([
      { path: '/tasks/0/inputs', why: "'inputs' has no meaning here. Did you mean 'input'?" },
      { path: '/tasks/0/retry/jiter', why: "'jiter' has no meaning here. Did you mean 'jitter'?" },
      { path: '/tasks/0/next/0/doo', why: "'doo' has no meaning here. Did you mean 'do'?" },
      { path: '/tasks/1/tasks/0/on_sucess', why: "'on_sucess' has no meaning here. Did you mean 'on_success'?" },
      { path: '/outputmap', why: "'outputmap' has no meaning here. Did you mean 'output_map'?" },
    ]);
    expect(warnings).toEqual(expect.arrayContaining(unusedKeys.map(({ path, why }) => `${path}: ${why}`)));
  });

  it('say which keys there are where none is similar', () => {
    const [unused] = load([task('a', { retry: { count: 1, whatever: 1 } })]).unusedKeys;

    expect(unused!.why).toBe(
      "'whatever' has no meaning here: the keys are count, delay, backoff, max_delay, jitter, on_error",
    );
  });

  it('have retry delays in milliseconds, with fractions of seconds', () => {
    const retry = { count: 2, delay: 0.25, max_delay: 1.5, backoff: 'linear', on_error: 'true' };

    expect(load([task('a', { retry })]).definition.tasks.get('a')?.retry).toEqual({
      count: 2,
      delayMs: 250,
      jitter: 0,
      backoff: 'linear',
      maxDelayMs: 1_500,
      onError: 'true',
    });
  });

  it.each([
    [
      { concurrency: 0, batch_size: 0, timeout: 0 },
      { concurrency: 1, batchSize: null, timeoutSeconds: null },
    ],
    [{ join: 0 }, { join: 0 }],
    [{ timeout: 0.5 }, { timeoutSeconds: 0.5 }],
    [{ next: [] }, { next: [] }],
    [
      { next: null, retry: null, input: null },
      { next: [], retry: null, input: null },
    ],
  ])('%j', (more, expected) => {
    expect(load([task('a', more)]).definition.tasks.get('a')).toMatchObject(expected);
  });
});

describe('legacy keys', () => {
  const entry = (when: string | null, targets: string[], more: Partial<TransitionDefinition> = {}) => ({
    when,
    publish: [],
    targets,
    isDecisionBranch: false,
    isDefaultBranch: false,
    ...more,
  });

  it('become transitions in a fixed order', () => {
    expect(nextOf({ on_timeout: 't', on_complete: 'c', on_failure: 'f', on_success: 's' })).toEqual([
      entry('succeeded()', ['s']),
      entry('failed()', ['f']),
      entry(null, ['c']),
      entry('timed_out()', ['t']),
    ]);
  });

  it('are ignored where next is not empty', () => {
    expect(nextOf({ on_success: 's', next: [{ do: ['f'] }] })).toEqual([entry(null, ['f'])]);
    expect(nextOf({ on_success: 's', next: [] })).toEqual([entry('succeeded()', ['s'])]);
  });

  it('put the default of a decision after its cases', () => {
    const decision = [
      { default: true, next: 's' },
      { when: 'x', next: 'f' },
    ];

    expect(nextOf({ decision })).toEqual([
      entry('x', ['f'], { isDecisionBranch: true }),
      entry(null, ['s'], { isDecisionBranch: true, isDefaultBranch: true }),
    ]);
  });

  const publish = [{ name: 'x', value: 1, wholeResult: false }];
  it.each([
    [{}, [entry('succeeded()', [], { publish })]],
    [{ on_failure: 'f', on_success: 's' }, [entry('succeeded()', ['s'], { publish }), entry('failed()', ['f'])]],
    [{ on_failure: 'f', on_complete: 'c' }, [entry('failed()', ['f'], { publish }), entry(null, ['c'])]],
    [
      { on_failure: 'f', decision: [{ when: '{{ succeeded ( ) and x }}', next: 's' }] },
      [entry('failed()', ['f']), entry('{{ succeeded ( ) and x }}', ['s'], { isDecisionBranch: true, publish })],
    ],
  ])('publish with the transition for success: %j', (keys, expected) => {
    expect(nextOf({ ...keys, publish: [{ x: 1 }] })).toEqual(expected);
  });
});

test('an empty value that says the same as none is no mistake', () => {
  const empty = { next: [], decision: [], publish: [] };
  const group = { type: 'parallel', action: null, input: {}, tasks: [task('c', empty)], ...empty };

  expect(load([task('a', group)]).warnings).toEqual([]);
  expect(load([task('a', { ...group, with_items: [], permission_set_refs: [] })]).warnings).toEqual([
    "Semantic error: Task 'a' is parallel: with_items has no effect on it",
    "Semantic error: Task 'a' is parallel: permission_set_refs has no effect on it",
  ]);
});

test('what a definition lacks is computed once, however often it is read', () => {
  const loaded = loadDefinition({ tasks: [{ name: 'a', action: 'core.noop' }] }, { ref: 'p.w' });

  for (const key of [
    'warnings',
    'findings',
    'mistakes',
    'unusedKeys',
    'expressionFaults',
    'deadTasks',
    'actionPaths',
  ] as const)
    expect(loaded[key]).toBe(loaded[key]);
});

describe('warnings', () => {
  it.each<[JsonObject, string]>([
    [{ type: 'workflow', action: null }, "Semantic error: Task 'a' of type 'workflow' must have an action field"],
    [{ retry: { count: 1, delay: 2, max_delay: 1 } }, "Semantic error: Task 'a' retry max_delay must be >= delay"],
    [{ batch_size: 0 }, "Semantic error: Task 'a' batch_size must be greater than 0"],
    [{ concurrency: 0 }, "Semantic error: Task 'a' concurrency must be greater than 0"],
    [{ action: 'nodot' }, "Invalid action reference: Task 'a' has invalid action reference: nodot"],
    [{ action: 'p.' }, "Invalid action reference: Task 'a' has invalid action reference: p."],
    [
      { type: 'parallel', action: null, timeout: 5, tasks: [task('c')] },
      "Semantic error: Task 'a' is parallel: timeout has no effect on it",
    ],
    [
      { type: 'parallel', action: null, tasks: [task('c', { on_success: 'b' })] },
      "Semantic error: Task 'c' is a subtask: on_success has no effect on it",
    ],
    [{ name: 'item' }, "Semantic error: Task name 'item' conflicts with reserved keyword"],
    [{ name: 'b' }, 'Semantic error: Duplicate task name: b'],
    [
      {
        decision: [
          { default: true, next: 'b' },
          { default: true, next: 'b' },
        ],
      },
      "Semantic error: Task 'a' can only have one default decision branch",
    ],
    [
      { decision: [{ next: 'b' }] },
      "Semantic error: Task 'a' decision branch must have 'when' condition or be marked as default",
    ],
    [
      { input: { x: ['{{ nope }}'] } },
      "/tasks/0/input.x[0]: column 4: unknown variable 'nope'. Use 'parameters.nope' for input parameters, or define it in workflow vars",
    ],
  ])('%j', (more, finding) => {
    expect(load([task('a', more), task('b')]).warnings).toEqual([finding]);
  });

  it.each<[JsonObject, string]>([
    [{ vars: { 'a b': 1 } }, 'Semantic error: Invalid variable name: a b'],
    [{ parameters: [] }, 'Schema validation failed: parameters schema must be an object'],
  ])('%j', (more, finding) => {
    expect(load([task('a')], more).warnings).toEqual([finding]);
  });

  it('an unreachable task is named', () => {
    const next = (name: string) => ({ next: [{ do: [name] }] });

    expect(load([task('a'), task('b', next('c')), task('c', next('b'))]).warnings).toEqual([
      'Unreachable task: b',
      'Unreachable task: c',
    ]);
    expect(load([task('b', next('c')), task('c', next('b'))]).warnings).toEqual([]);
  });

  it('parameter names of both schema forms are known', () => {
    const using = [task('a', { input: { x: '{{ parameters.x }}' }, next: [{ when: 'x == 1' }] })];

    expect(load(using, { parameters: { x: { type: 'integer' } } }).warnings).toEqual([]);
    expect(load(using, { parameters: { type: 'object', properties: { x: {} } } }).warnings).toEqual([]);
  });

  it('item and index are known where there are items', () => {
    expect(load([task('a', { with_items: '{{ vars }}', input: { x: '{{ item }}{{ index }}' } })]).warnings).toEqual([]);
    expect(load([task('a', { input: { x: '{{ item }}' } })]).warnings).toHaveLength(1);
  });
});
