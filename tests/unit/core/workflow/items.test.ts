import type { Json } from '../../../../contract/json';
import { initialState, step } from '../../../../platform/core/workflow/step';
import { createStepContext } from '../../../../platform/core/workflow/step-context';
import { MODES, WorkflowSimulator, task, workflow, type ChildOutcome, type ChildRow } from './workflow-simulator';

describe.each(MODES)('with_items, %s', (mode) => {
  const startRun = (more: object, parameters: object = { list: ['x', 'y', 'z'] }, missing: string[] = []) => {
    const loop = task('loop', { with_items: '{{ parameters.list }}', input: { v: '{{ item }}' }, ...more });
    const run = new WorkflowSimulator(workflow([loop, task('ok'), task('bad'), task('late')]), mode, new Set(missing));
    run.start(parameters as never);
    return run;
  };
  const branches = {
    next: [
      { when: 'succeeded()', publish: [{ seen: '{{ result().items }}' }], do: ['ok'] },
      { when: 'failed()', publish: [{ seen: '{{ result().items }}' }], do: ['bad'] },
      { when: 'timed_out()', do: ['late'] },
    ],
  };
  const items = (run: WorkflowSimulator) => run.rows.filter(({ task: name }) => name === 'loop');
  const open = (run: WorkflowSimulator) =>
    run.open.flatMap(({ task: name, index }) => (name === 'loop' ? [index] : []));

  it('all children are created at once, and each end releases the next', () => {
    const run = startRun(branches);
    expect(items(run).map(({ index, start }) => [index, start.input])).toEqual([
      [0, { v: 'x' }],
      [1, { v: 'y' }],
      [2, { v: 'z' }],
    ]);
    expect(open(run)).toEqual([0]);
    run.end('loop', 'completed', 0);
    expect(open(run)).toEqual([1]);
    run.end('loop', 'completed', 1);
    expect(open(run)).toEqual([2]);
  });

  it('as many as the concurrency run, the lowest index first', () => {
    const run = startRun({ concurrency: 3 }, { list: [0, 1, 2, 3, 4] });
    expect(open(run)).toEqual([0, 1, 2]);
    run.end('loop', 'completed', 2);
    expect(open(run)).toEqual([0, 1, 3]);
    run.end('loop', 'failed', 0);

    expect(open(run)).toEqual([1, 3, 4]);
  });

  it('results are in order, with the keys of the last item to end', () => {
    const run = startRun({ concurrency: 3, ...branches });
    for (const index of [2, 0, 1]) run.end('loop', { status: 'completed', result: { data: { n: index } } }, index);

    const view = (n: number) => ({ data: { n }, n });
    expect(run.state.tasks.loop?.result).toEqual({ ...view(1), items: [view(0), view(1), view(2)] });
    expect(run.state.variables.seen).toEqual([view(0), view(1), view(2)]);
  });

  it('an item is logged as a step of its own', () => {
    const run = startRun({}, { list: [1, 2] });
    run.end('loop', 'completed', 0);
    run.end('loop', 'failed', 1);

    expect(run.log.filter((entry) => entry.includes('loop'))).toEqual([
      'STEP_STARTED loop 0',
      'STEP_COMPLETED loop 0',
      'STEP_STARTED loop 1',
      'STEP_FAILED loop 1',
    ]);
  });

  it.each([
    [['completed', 'completed'], 'ok'],
    [['failed', 'completed'], 'bad'],
    [['completed', 'timeout'], 'late'],
    [['timeout', 'failed'], 'bad'],
    [['abandoned', 'completed'], 'bad'],
    [['cancelled', 'completed'], 'bad'],
  ] as const)('items that ended %j lead to %s', (statuses, target) => {
    const run = startRun(branches, { list: [0, 1] });
    statuses.forEach((status, index) => run.end('loop', status, index));

    expect(run.open.map(({ task: name }) => name)).toContain(target);
    expect(run.rows).toHaveLength(3);
  });

  it('an empty list succeeds at once with no items', () => {
    const run = startRun(branches, { list: [] });

    expect(run.started).toEqual(['ok']);
    expect(run.state.tasks.loop).toMatchObject({ status: 'completed', result: { items: [] } });
  });

  it.each<[Json, string]>([
    [null, 'null'],
    [7, 'number'],
    ['text', 'string'],
    [{ a: 1 }, 'object'],
    [false, 'bool'],
  ])('%j is no list, and an error with its type', (list, type) => {
    const run = startRun({}, { list });

    expect(items(run)).toEqual([]);
    expect(run.state.tasks.loop).toMatchObject({
      status: 'failed',
      result: { error: `Task 'loop': with_items must be a list, and is ${type}` },
    });
  });

  it.each([null, 7, 'text', { a: 1 }])('%j is the only item of a platform that accepts it', (list) => {
    const loop = task('loop', { with_items: '{{ parameters.list }}', input: { v: '{{ item }}' } });
    const context = createStepContext(workflow([loop]), initialState(), {}, null, null);
    const effects = step(context, { type: 'started', parameters: { list }, config: {} }, 0);

    expect(effects.flatMap((effect) => (effect.type === 'start-child' ? [effect.input] : []))).toEqual([{ v: list }]);
  });

  it('a batch is a list with an index of its own', () => {
    const run = startRun({ batch_size: 2, input: { v: '{{ item }}', n: '{{ index }}' } });

    expect(items(run).map(({ start }) => start.input)).toEqual([
      { v: ['x', 'y'], n: 0 },
      { v: ['z'], n: 1 },
    ]);
  });

  it('a retried item still counts against the concurrency', () => {
    const run = startRun({ retry: { count: 1, delay: 5 }, concurrency: 2 });
    run.end('loop', 'failed', 0);
    expect(open(run)).toEqual([1, 0]);
    run.end('loop', 'completed', 1);
    expect(open(run)).toEqual([2, 0]);
    run.end('loop', 'completed', 0);
    run.end('loop', 'completed', 2);

    expect(items(run).map(({ index, retry }) => [index, retry])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [0, 1],
    ]);
    expect(run.state.tasks.loop?.status).toBe('completed');
  });

  it('a list that cannot be rendered fails the task', () => {
    const run = startRun(branches, {});

    expect(items(run)).toEqual([]);
    expect(run.drain().finish?.result.error).toBe('Workflow failed: 1 task(s) failed: loop');
  });

  it('an item that cannot be rendered keeps all from starting', () => {
    const run = startRun({ ...branches, input: { v: '{{ item.v }}' } }, { list: [{ v: 1 }, {}] });

    expect(items(run)).toEqual([]);
    expect(run.effects).toContainEqual(expect.objectContaining({ type: 'record-undispatched', index: 1 }));
  });

  it('items of an unknown action fail without a handler', () => {
    const run = startRun({ ...branches, action: 'no.such' }, undefined, ['no.such']).drain();

    expect(run.started.filter((name) => name === 'bad')).toEqual([]);
    expect(run.finish?.result.error).toBe('Workflow failed: 1 task(s) failed: loop');
  });

  it('an item that ended while it waited is not released', () => {
    const run = startRun({}, { list: [0, 1, 2] });
    const waiting = items(run)[1]!;
    waiting.released = true;
    run.endRow(waiting, { status: 'cancelled' });
    run.end('loop', 'completed', 0);
    expect(open(run)).toEqual([2]);
    run.end('loop', 'completed', 2);

    expect(run.state.tasks.loop?.status).toBe('failed');
  });

  it('item and index are not defined outside items', () => {
    const next = [{ publish: [{ i: '{{ index }}' }], do: ['ok'] }];
    const run = startRun({ next }).drain();

    expect(run.log).toContain('WARNING loop');
  });

  it('a thousand items do not grow the state', () => {
    const run = startRun({ concurrency: 10 }, { list: Array.from({ length: 1_000 }, (_, n) => n) });
    const before = sizeOf(run);
    for (let n = 0; n < 500; n++) run.endRow(items(run).find(isOpen)!, { status: 'completed', result: { n } });

    expect(sizeOf(run) - before).toBeLessThan(50);
  });
  const isOpen = (row: ChildRow) => row.released && row.endedAt === null;
  const sizeOf = (run: WorkflowSimulator) => JSON.stringify({ ...run.state, parameters: {} }).length;
});

describe.each(MODES)('parallel tasks, %s', (mode) => {
  const startRun = (subs: object[], more: object = {}) => {
    const next = [
      { when: 'succeeded()', do: ['ok'] },
      { when: 'failed()', do: ['bad'] },
    ];
    const both = { name: 'both', type: 'parallel', tasks: subs, next, ...more } as never;
    const run = new WorkflowSimulator(workflow([both, task('ok'), task('bad')]), mode);
    run.start({ list: [1, 2] });
    return run;
  };

  it('subtasks run together; the result has theirs by name', () => {
    const run = startRun([task('l'), task('r')]);
    expect(run.started).toEqual(['l', 'r']);
    run.end('r', { status: 'completed', result: { n: 2 } });
    expect(run.started).toEqual(['l', 'r']);
    run.end('l', { status: 'completed', result: { n: 1 } });

    expect(run.started).toEqual(['l', 'r', 'ok']);
    expect(run.state.tasks.both?.result).toEqual({ l: { n: 1 }, r: { n: 2 } });
    expect(run.log.slice(0, 3)).toEqual(['STEP_STARTED both', 'STEP_STARTED l', 'STEP_STARTED r']);
  });

  it('one failed subtask fails the task when all have ended', () => {
    const run = startRun([task('l'), task('r', { next: [{ do: ['ok'] }] })]);
    run.end('l', 'failed');
    expect(run.started).toEqual(['l', 'r']);
    run.drain();

    expect(run.started).toEqual(['l', 'r', 'bad']);
    expect(run.finish?.status).toBe('completed');
  });

  it('an unhandled failure names the parallel task', () => {
    const run = startRun([task('l')], { next: [] }).drain(({ task: name }): ChildOutcome => ({
      status: name === 'l' ? 'failed' : 'completed',
    }));

    expect(run.finish?.result.error).toBe('Workflow failed: 1 task(s) failed: both');
  });

  it('subtasks may be retried, have items, be skipped or parallel', () => {
    const subs = [
      task('again', { retry: { count: 1 } }),
      task('each', { with_items: '{{ parameters.list }}', concurrency: 2 }),
      task('not', { when: 'false' }),
      { name: 'deep', type: 'parallel', tasks: [task('inner')] },
    ];
    const run = startRun(subs).drain(({ task: name, retry }): ChildOutcome => ({
      status: name === 'again' && retry === 0 ? 'failed' : 'completed',
    }));

    expect(run.rows.map(({ task: name, index, retry }) => [name, index, retry])).toEqual([
      ['again', null, 0],
      ['each', 0, 0],
      ['each', 1, 0],
      ['inner', null, 0],
      ['again', null, 1],
      ['ok', null, 0],
    ]);
    expect(Object.keys(run.state.tasks.both?.result as object)).toEqual(['again', 'each', 'deep']);
  });
});
