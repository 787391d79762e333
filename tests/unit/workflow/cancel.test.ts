import { MODES, Play, task, workflow } from './play';

const ENDED = { type: 'finish', status: 'cancelled', result: { error: 'Workflow cancelled', succeeded: false } };

describe.each(MODES)('cancelling, %s', (mode) => {
  const play = (...args: Parameters<typeof workflow>) => {
    const run = new Play(workflow(...args), mode);
    run.start({ list: [0, 1, 2, 3] });
    return run;
  };

  it('children that have not begun end, and the workflow with them', () => {
    const run = play([task('a', { next: [{ do: ['b'] }] }), task('b'), task('c')]);
    const effects = run.cancel();

    expect(effects[0]).toEqual({ type: 'cancel-children', policy: 'allow_finish' });
    expect(effects.at(-1)).toEqual(ENDED);
    expect(run.log.slice(-2)).toEqual(['STEP_CANCELLED a', 'STEP_CANCELLED c']);
    expect(run.started).toEqual(['a', 'c']);
  });

  it('a running child may finish; then nothing follows and nothing is tried again', () => {
    const run = play([task('a', { retry: { count: 3 }, next: [{ do: ['b'], publish: ['x'] }] }), task('b')]);
    run.begin(run.open[0]!);
    expect(run.cancel().map(({ type }) => type)).toEqual(['cancel-children']);
    expect(run.state.status).toBe('canceling');
    run.end('a', 'failed');

    expect(run.rows).toHaveLength(1);
    expect(run.state.variables).toEqual({});
    expect(run.finish).toEqual(ENDED);
  });

  it('the policy of the signal wins over that of the definition', () => {
    const policyOf = (given: 'allow_finish' | 'cancel_running' | null) =>
      play([task('a')], { cancellation_policy: 'cancel_running' }).cancel(given)[0];

    expect(policyOf(null)).toMatchObject({ policy: 'cancel_running' });
    expect(policyOf('allow_finish')).toMatchObject({ policy: 'allow_finish' });
  });

  it('a second request changes nothing', () => {
    const run = play([task('a')]);
    run.begin(run.open[0]!);
    run.cancel();
    const { state } = run;

    expect(run.cancel('cancel_running')).toEqual([]);
    expect(run.state).toEqual(state);
  });

  it('an item that runs may finish, and no further one is released', () => {
    const run = play([task('loop', { with_items: '{{ parameters.list }}', concurrency: 2 })]);
    run.begin(run.open[0]!);
    run.end('loop', 'completed', 1);
    run.cancel();
    expect(run.finish).toBeUndefined();
    run.end('loop', 'completed', 0);

    expect(run.finish).toEqual(ENDED);
    expect(run.effects.filter(({ type }) => type === 'collect-items')).toEqual([]);
  });

  it('a cancel before the start ends the workflow at once', () => {
    const run = new Play(workflow([task('a')]), mode);

    expect(run.cancel()).toEqual([ENDED]);
    expect(run.start()).toEqual([]);
  });

  it('a join that waits does not hold up the end', () => {
    const run = play([
      task('a', { next: [{ do: ['j'] }] }),
      task('b', { next: [{ do: ['j'] }] }),
      task('j', { join: 2 }),
    ]);
    run.end('a', 'completed');
    run.cancel();

    expect(run.finish).toEqual(ENDED);
  });
});
