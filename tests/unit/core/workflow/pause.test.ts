import { MODES, task, workflow, WorkflowSimulator } from './workflow-simulator';

const CHAIN = [task('a', { next: [{ do: ['b'] }] }), task('b')];
const PAUSE = { type: 'pause-requested' } as const;
const RESUME = { type: 'resumed' } as const;

describe.each(MODES)('pausing, %s', (mode) => {
  const startRun = (...args: Parameters<typeof workflow>) => {
    const run = new WorkflowSimulator(workflow(...args), mode);
    run.start();
    return run;
  };

  it('what the step in flight makes ready starts at the resume', () => {
    const run = startRun(CHAIN);

    expect(run.signal(PAUSE)).toEqual([{ type: 'hold-children' }]);
    run.end('a', 'completed');
    const before = [...run.started];
    run.signal(RESUME);
    run.drain();

    expect([before, run.started]).toEqual([['a'], ['a', 'b']]);
    expect(run.finish).toMatchObject({ status: 'completed' });
  });

  it('every branch is held, in the order in which it was ready', () => {
    const then = (next: string) => ({ next: [{ do: [next] }] });
    const run = startRun([task('a', then('c')), task('b', then('d')), task('c'), task('d')]);

    run.signal(PAUSE);
    run.end('b', 'completed');
    run.end('a', 'completed');
    expect([run.state.heldTasks, run.finish]).toEqual([['d', 'c'], undefined]);
    run.signal(RESUME);

    expect(run.started).toEqual(['a', 'b', 'd', 'c']);
    expect(run.state.heldTasks).toBeUndefined();
  });

  it('a repeated pause or resume has no effect', () => {
    const run = startRun(CHAIN);
    run.signal(PAUSE);
    run.end('a', 'completed');

    expect(run.signal(PAUSE)).toEqual([]);
    run.signal(RESUME);

    expect([run.signal(RESUME), run.started]).toEqual([[], ['a', 'b']]);
  });

  it('items take their places at the resume, as many as may run at once', () => {
    const run = startRun([task('each', { with_items: '{{ [1, 2, 3] }}', concurrency: 2 })]);

    run.signal(PAUSE);
    run.end('each', 'completed', 0);
    run.end('each', 'completed', 1);
    expect(run.open).toEqual([]);
    const effects = run.signal(RESUME);

    expect(effects[0]).toEqual({ type: 'release-children', itemsBefore: { each: 2 } });
    expect(run.open.map(({ index }) => index)).toEqual([2]);
  });

  it('a cancel of a paused workflow ends it without what was held', () => {
    const run = startRun(CHAIN);
    run.signal(PAUSE);
    run.end('a', 'completed');

    run.cancel();

    expect(run.started).toEqual(['a']);
    expect(run.finish).toMatchObject({ status: 'cancelled' });
  });
});
