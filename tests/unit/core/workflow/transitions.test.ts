import { MODES, WorkflowSimulator, task, workflow } from './workflow-simulator';

describe.each(MODES)('transitions, %s', (mode) => {
  const startRun = (...args: Parameters<typeof workflow>) => {
    const run = new WorkflowSimulator(workflow(...args), mode);
    run.start();
    return run;
  };

  it('a run of two tasks has four log entries, then the finish', () => {
    const run = startRun([task('a', { next: [{ do: ['b'] }] }), task('b')]).drain();

    expect(run.log).toEqual(['STEP_STARTED a', 'STEP_COMPLETED a', 'STEP_STARTED b', 'STEP_COMPLETED b']);
    expect(run.effects.map(({ type }) => type)).toEqual([
      'log',
      'start-child',
      'log',
      'log',
      'start-child',
      'log',
      'finish',
    ]);
    expect(run.finish).toEqual({ type: 'finish', status: 'completed', result: { succeeded: true } });
    expect(run.state.status).toBe('completed');
  });

  it('all entry tasks start at once, in the order of the file', () => {
    expect(startRun([task('b'), task('a'), task('c', { next: [{ do: ['d'] }] }), task('d')]).started).toEqual([
      'b',
      'a',
      'c',
    ]);
  });

  it('every matching transition fires', () => {
    const next = [
      { when: '{{ succeeded() }}', do: ['b'] },
      { when: 'failed()', do: ['never'] },
      { when: '{{ result().n > 1 }}', do: ['c'] },
      { do: ['d'] },
    ];
    const run = startRun([task('a', { next }), task('b'), task('c'), task('d'), task('never')]);
    run.end('a', { status: 'completed', result: { n: 2 } });

    expect(run.started).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([
    ['{{ not failed() }}', 'completed', true],
    ['{{ not failed() }}', 'failed', false],
    ['{{ succeeded() and result().n == 2 }}', 'completed', false],
    ['timed_out()', 'timeout', true],
    ['failed()', 'timeout', false],
    ['failed()', 'abandoned', true],
    ['failed() and result().cancelled == true', 'cancelled', true],
    ['{{ [] }}', 'completed', false],
  ] as const)('%s after %s fires: %s', (when, status, fires) => {
    const run = startRun([task('a', { next: [{ when, do: ['b'] }] }), task('b')]);
    run.end('a', { status, result: { n: 1 } });

    expect(run.started).toEqual(fires ? ['a', 'b'] : ['a']);
  });

  it.each([
    ['completed', true],
    ['failed', false],
  ] as const)('an invalid condition warns, and after %s fires: %s', (status, fires) => {
    const run = startRun([task('a', { next: [{ when: 'result().missing.x', do: ['b'] }] }), task('b')]);
    run.end('a', { status, result: {} });

    expect(run.started).toEqual(fires ? ['a', 'b'] : ['a']);
    expect(run.log).toContain('WARNING a');
  });

  it('a target named twice starts once', () => {
    const run = startRun([task('a', { next: [{ do: ['b', 'b'] }, { do: ['b'] }] }), task('b')]).drain();

    expect(run.started).toEqual(['a', 'b']);
  });

  it('without a join only the first predecessor starts the task', () => {
    const run = startRun([task('a', { next: [{ do: ['c'] }] }), task('b', { next: [{ do: ['c'] }] }), task('c')]);
    run.end('b', 'completed');
    expect(run.started).toEqual(['a', 'b', 'c']);
    expect(run.childOf('c').triggeredBy).toBe('b');
    run.drain();

    expect(run.started).toEqual(['a', 'b', 'c']);
  });

  it('the default of a decision fires only if no case matched', () => {
    const decision = [
      { next: 'other', default: true },
      { when: 'result().n == 1', next: 'one' },
    ];
    const started = (n: number) => {
      const run = startRun([task('a', { decision }), task('one'), task('other')]);
      run.end('a', { status: 'completed', result: { n } });
      return run.started;
    };

    expect(started(1)).toEqual(['a', 'one']);
    expect(started(2)).toEqual(['a', 'other']);
  });

  it('each round logs its number', () => {
    const run = startRun([task('poll', { next: [{ when: 'result().n < 2', do: ['poll'] }] })]);
    for (const n of [1, 2]) run.end('poll', { status: 'completed', result: { n } });
    const entries = run.effects.flatMap((effect) => (effect.type === 'log' ? [effect.payload] : []));

    expect(entries.filter(({ task: name }) => name === 'poll')).toEqual([
      { task: 'poll' },
      { task: 'poll' },
      { task: 'poll', round: 2 },
      { task: 'poll', round: 2 },
    ]);
  });

  it('signals after the end change nothing', () => {
    const run = startRun([task('a')]).drain();
    const { state } = run;

    expect(run.cancel()).toEqual([]);
    expect(run.start()).toEqual([]);
    expect(run.state).toEqual(state);
  });
});

describe.each(MODES)('guards of tasks, %s', (mode) => {
  const guarded = (when: string, status: 'completed' | 'failed' = 'completed') => {
    const next = [{ when: 'succeeded()', do: ['s'] }, { when: 'not succeeded()', do: ['f'] }, { do: ['always'] }];
    const tasks = [task('a', { next: [{ do: ['b'] }] }), task('b', { when, next }), task('s'), task('f')];
    const run = new WorkflowSimulator(workflow([...tasks, task('always')]), mode);
    run.start();
    run.end('a', { status, result: { n: 1 } });
    return run;
  };

  it('a skipped task fires only its unconditional transitions', () => {
    const run = guarded('{{ result().n == 2 }}');

    expect(run.started).toEqual(['a', 'always']);
    expect(run.log).toContain('STEP_SKIPPED b');
    expect(run.drain().finish?.status).toBe('completed');
  });

  it('a guard reads the predecessor that started the task', () => {
    expect(guarded('result().n == 1 and succeeded()').started).toEqual(['a', 'b']);
    expect(guarded('failed()', 'failed').started).toEqual(['a', 'b']);
  });

  it('a task whose guard cannot be evaluated fails', () => {
    const run = guarded('result().missing').drain();

    expect(run.started).toEqual(['a']);
    expect(run.finish?.result).toEqual({ error: 'Workflow failed: 1 task(s) failed: b', succeeded: false });
  });

  it('a skipped task does not handle a failure', () => {
    expect(guarded('succeeded()', 'failed').drain().finish?.result.error).toBe('Workflow failed: 1 task(s) failed: a');
  });
});

describe.each(MODES)('of a platform where tasks run once, %s', (mode) => {
  const started = (tasks: Parameters<typeof workflow>[0]) => {
    const run = new WorkflowSimulator(workflow(tasks), mode, new Set(), null);
    run.start();
    return run.drain();
  };
  const to = (name: string) => ({ next: [{ do: [name] }] });

  it('a transition that leads back changes nothing', () => {
    expect(started([task('s', to('a')), task('a', to('b')), task('b', to('a'))]).started).toEqual(['s', 'a', 'b']);
  });

  it('a workflow in which every task has a predecessor completes at once', () => {
    const run = started([task('a', to('b')), task('b', to('a'))]);

    expect(run.effects).toEqual([{ type: 'finish', status: 'completed', result: { succeeded: true } }]);
  });

  it('a task that leads back to itself is no entry task', () => {
    expect(started([task('a', to('a')), task('b')]).started).toEqual(['b']);
  });
});
