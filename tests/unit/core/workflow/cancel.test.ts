import { MODES, WorkflowSimulator, task, workflow } from './workflow-simulator';

const CANCELLED_EFFECT = {
  type: 'finish',
  status: 'cancelled',
  result: { error: 'Workflow cancelled', succeeded: false },
};

describe.each(MODES)('cancelling, %s', (mode) => {
  const startRun = (...args: Parameters<typeof workflow>) => {
    const run = new WorkflowSimulator(workflow(...args), mode);
    run.start({ list: [0, 1, 2, 3] });
    return run;
  };

  it('children that have not started end, and with them the workflow', () => {
    const run = startRun([task('a', { next: [{ do: ['b'] }] }), task('b'), task('c')]);
    const effects = run.cancel();

    expect(effects[0]).toEqual({ type: 'cancel-children', policy: 'allow_finish' });
    expect(effects.at(-1)).toEqual(CANCELLED_EFFECT);
    expect(run.log.slice(-2)).toEqual(['STEP_CANCELLED a', 'STEP_CANCELLED c']);
    expect(run.started).toEqual(['a', 'c']);
  });

  it('a running child may finish, and is neither followed nor retried', () => {
    const run = startRun([task('a', { retry: { count: 3 }, next: [{ do: ['b'], publish: ['x'] }] }), task('b')]);
    run.startRow(run.open[0]!);
    expect(run.cancel().map(({ type }) => type)).toEqual(['cancel-children']);
    expect(run.state.status).toBe('canceling');
    run.end('a', 'failed');

    expect(run.rows).toHaveLength(1);
    expect(run.state.variables).toEqual({});
    expect(run.finish).toEqual(CANCELLED_EFFECT);
  });

  it('the policy of the signal overrides that of the definition', () => {
    const policyOf = (given: 'allow_finish' | 'cancel_running' | null) =>
      startRun([task('a')], { cancellation_policy: 'cancel_running' }).cancel(given)[0];

    expect(policyOf(null)).toMatchObject({ policy: 'cancel_running' });
    expect(policyOf('allow_finish')).toMatchObject({ policy: 'allow_finish' });
  });

  it('a second request changes nothing', () => {
    const run = startRun([task('a')]);
    run.startRow(run.open[0]!);
    run.cancel();
    const { state } = run;

    expect(run.cancel('cancel_running')).toEqual([]);
    expect(run.state).toEqual(state);
  });

  it('a running item may finish, and no other one is released', () => {
    const run = startRun([task('loop', { with_items: '{{ parameters.list }}', concurrency: 2 })]);
    run.startRow(run.open[0]!);
    run.end('loop', 'completed', 1);
    run.cancel();
    expect(run.finish).toBeUndefined();
    run.end('loop', 'completed', 0);

    expect(run.finish).toEqual(CANCELLED_EFFECT);
    expect(run.effects.filter(({ type }) => type === 'collect-items')).toEqual([]);
  });

  it('a cancel before the start ends the workflow at once', () => {
    const run = new WorkflowSimulator(workflow([task('a')]), mode);

    expect(run.cancel()).toEqual([CANCELLED_EFFECT]);
    expect(run.start()).toEqual([]);
  });

  it('a waiting join does not delay the end', () => {
    const run = startRun([
      task('a', { next: [{ do: ['j'] }] }),
      task('b', { next: [{ do: ['j'] }] }),
      task('j', { join: 2 }),
    ]);
    run.end('a', 'completed');
    run.cancel();

    expect(run.finish).toEqual(CANCELLED_EFFECT);
  });
});
