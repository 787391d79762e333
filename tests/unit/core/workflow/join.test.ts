import { MODES, WorkflowSimulator, task, workflow } from './workflow-simulator';

describe.each(MODES)('joins, %s', (mode) => {
  const startRun = (...args: Parameters<typeof workflow>) => {
    const run = new WorkflowSimulator(workflow(...args), mode);
    run.start();
    return run;
  };
  const diamond = () => [
    task('a', { next: [{ do: ['b', 'c'] }] }),
    task('b', { next: [{ when: 'succeeded()', do: ['d'] }] }),
    task('c', { next: [{ when: 'succeeded()', do: ['d'] }] }),
    task('d', { join: 2 }),
  ];

  it('a join of two starts when the second predecessor has ended', () => {
    const run = startRun(diamond());
    run.end('a', 'completed');
    run.end('b', 'completed');
    expect(run.started).toEqual(['a', 'b', 'c']);
    run.end('c', 'completed');

    expect(run.started).toEqual(['a', 'b', 'c', 'd']);
    expect(run.childOf('d').triggeredBy).toBe('c');
    expect(run.drain().finish?.status).toBe('completed');
  });

  it('a join with a failed predecessor is skipped', () => {
    const run = startRun(diamond());
    run.end('a', 'completed');
    run.end('b', 'failed');
    expect(run.finish).toBeUndefined();
    run.end('c', 'completed');

    expect(run.started).toEqual(['a', 'b', 'c']);
    expect(run.log).toContain('STEP_SKIPPED d');
    expect(run.finish?.result.error).toBe('Workflow failed: 1 task(s) failed: b');
  });

  it('a predecessor that fires twice counts once', () => {
    const tasks = [task('a', { next: [{ do: ['d'] }, { do: ['d'] }] }), task('b', { next: [{ do: ['d'] }] })];
    const run = startRun([...tasks, task('d', { join: 2 })]);
    run.end('a', 'completed');
    expect(run.started).toEqual(['a', 'b']);
    run.end('b', 'completed');

    expect(run.started).toEqual(['a', 'b', 'd']);
  });

  it('a join of more than its predecessors never starts', () => {
    const run = startRun([task('a', { next: [{ do: ['d'] }] }), task('d', { join: 2 })]).drain();

    expect(run.started).toEqual(['a']);
    expect(run.finish).toMatchObject({ status: 'completed', result: { succeeded: true } });
  });

  it('a join of fewer than its predecessors starts early, once', () => {
    const leg = (name: string) => task(name, { next: [{ do: ['d'] }] });
    const run = startRun([leg('a'), leg('b'), leg('c'), task('d', { join: 2 })]);
    run.end('c', 'completed');
    run.end('a', 'completed');
    expect(run.started).toEqual(['a', 'b', 'c', 'd']);
    run.drain();

    expect(run.started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('a failure branch into a join is handled when the join starts', () => {
    const legs = [task('a', { next: [{ when: 'failed()', do: ['d'] }] }), task('b', { next: [{ do: ['d'] }] })];
    const run = startRun([...legs, task('d', { join: 2 })]);
    run.end('a', 'failed');
    run.end('b', 'completed');
    expect(run.started).toEqual(['a', 'b', 'd']);

    expect(run.drain().finish?.status).toBe('completed');
  });

  it('a failure branch into an unmet join handles nothing', () => {
    const legs = [
      task('a', { next: [{ when: 'failed()', do: ['d'] }] }),
      task('b', { next: [{ when: 'failed()', do: ['d'] }] }),
    ];
    const run = startRun([...legs, task('d', { join: 2 })]);
    run.end('a', 'failed');
    run.end('b', 'completed');

    expect(run.finish?.result.error).toBe('Workflow failed: 1 task(s) failed: a');
  });

  it('a skipped predecessor counts if its unconditional transition fired', () => {
    const legs = [task('a', { when: 'false', next: [{ do: ['d'] }] }), task('b', { next: [{ do: ['d'] }] })];
    const run = startRun([...legs, task('d', { join: 2 })]);
    run.end('b', 'completed');

    expect(run.started).toEqual(['b', 'd']);
  });
});

describe.each(MODES)('failures, %s', (mode) => {
  const startRun = (tasks: Parameters<typeof workflow>[0], missing: string[] = []) => {
    const run = new WorkflowSimulator(workflow(tasks), mode, new Set(missing));
    run.start();
    return run;
  };
  const failing =
    (...names: string[]) =>
    (row: { task: string }) =>
      ({ status: names.includes(row.task) ? 'failed' : 'completed' }) as const;

  it('the workflow fails after siblings and successors have ended', () => {
    const run = startRun([task('p1', { next: [{ do: ['q'] }] }), task('p2'), task('p3'), task('q')]);
    run.end('p2', 'failed');
    expect(run.finish).toBeUndefined();
    run.drain();

    expect(run.started).toEqual(['p1', 'p2', 'p3', 'q']);
    expect(run.finish?.result).toEqual({ error: 'Workflow failed: 1 task(s) failed: p2', succeeded: false });
  });

  it('the task after a failed task is not started', () => {
    const chain = [task('a', { next: [{ when: 'succeeded()', do: ['b'] }] }), task('b')];
    const run = startRun(chain).drain(failing('a'));

    expect(run.started).toEqual(['a']);
    expect(run.finish?.status).toBe('failed');
  });

  it.each([
    ['a failure branch', [{ when: 'failed()', do: ['r'] }], 'completed'],
    ['an unconditional branch', [{ do: ['r'] }], 'completed'],
    ['an expression of its own', [{ when: 'result().code == 3', do: ['r'] }], 'completed'],
    ['a branch that only publishes', [{ when: 'failed()', publish: ['x'] }], 'failed'],
    ['a branch to itself', [{ when: 'failed()', do: ['a'] }], 'completed'],
  ] as const)('%s makes the workflow end %s', (_, next, status) => {
    const first = task('s', { next: [{ do: ['a'] }] });
    const run = startRun([first, task('a', { next: next as never }), task('r')]);
    run.end('s', 'completed');
    run.end('a', { status: 'failed', result: { code: 3 } });

    expect(run.drain().finish?.status).toBe(status);
  });

  it('a target that already ran handles the failure', () => {
    const run = startRun([task('a', { next: [{ do: ['r'] }] }), task('b', { next: [{ do: ['r'] }] }), task('r')]);
    run.end('a', 'completed');
    run.end('r', 'completed');
    run.end('b', 'failed');

    expect(run.finish?.status).toBe('completed');
  });

  it('a handled failure does not handle a later one', () => {
    const tasks = [task('f1', { next: [{ when: 'failed()', do: ['r'] }] }), task('r', { next: [{ do: ['f2'] }] })];
    const run = startRun([...tasks, task('f2', { next: [{ when: 'succeeded()', do: ['z'] }] }), task('z')]);
    run.drain(failing('f1', 'f2'));

    expect(run.started).toEqual(['f1', 'r', 'f2']);
    expect(run.finish?.result.error).toBe('Workflow failed: 1 task(s) failed: f2');
  });

  it('the error names failed tasks in order of the file', () => {
    const run = startRun([task('b'), task('a')]);
    run.end('a', 'failed');
    run.end('b', 'timeout');

    expect(run.finish?.result.error).toBe('Workflow failed: 2 task(s) failed: b, a');
  });

  it('a task whose input cannot be rendered fails without a handler', () => {
    const input = { x: '{{ parameters.missing }}' };
    const run = startRun([task('a', { input, next: [{ do: ['b'] }] }), task('b'), task('c')]);

    const [record] = run.effects;
    expect(record).toMatchObject({ type: 'record-undispatched', task: 'a', index: null, code: 'TEMPLATE_NAME' });
    expect(run.drain().started).toEqual(['c']);
    expect(run.finish?.result.error).toBe('Workflow failed: 1 task(s) failed: a');
  });

  it('a task without an action fails without a handler or an execution', () => {
    const run = startRun([task('a', { type: 'workflow', action: null, next: [{ do: ['b'] }] }), task('b')]);

    expect(run.effects).toMatchObject([
      { type: 'log', entry: 'STEP_FAILED', payload: { task: 'a', code: 'ACTION_MISSING' } },
      { type: 'finish' },
    ]);
    expect(run.finish?.result.error).toBe('Workflow failed: 1 task(s) failed: a');
  });

  it('a failure branch to an unknown action handles nothing', () => {
    const tasks = [task('a', { next: [{ when: 'failed()', do: ['b'] }] }), task('b', { action: 'no.such' })];
    const withBranch = { ...tasks[1]!, next: [{ do: ['r'] }] };
    const run = startRun([tasks[0]!, withBranch, task('r')], ['no.such']).drain(failing('a'));

    expect(run.started).toEqual(['a', 'b']);
    expect(run.finish?.result.error).toBe('Workflow failed: 2 task(s) failed: a, b');
  });

  it('a task of type workflow without an action fails without a record', () => {
    const run = startRun([{ name: 'a', type: 'workflow' }]);

    expect(run.effects.map(({ type }) => type)).toEqual(['log', 'finish']);
    expect(run.finish?.status).toBe('failed');
  });

  it.each(['cancelled', 'abandoned'] as const)('a child that was %s fails its task without a retry', (status) => {
    const run = startRun([task('a', { retry: { count: 3 } })]);
    run.end('a', status);

    expect(run.rows).toHaveLength(1);
    expect(run.finish?.result.error).toBe('Workflow failed: 1 task(s) failed: a');
  });
});
