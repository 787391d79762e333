import { DefinitionError } from '../../../platform/core/workflow/definition-error';
import { step } from '../../../platform/core/workflow/step';
import { MODES, Play, task, workflow } from './play';

const OVER = {
  error: 'Execution timed out after 1.5 seconds',
  succeeded: false,
  timed_out: true,
  timeout_seconds: 1.5,
  timeout_level: 'workflow',
};

describe.each(MODES)('the limit of a whole workflow, %s', (mode) => {
  const play = (tasks: Parameters<typeof workflow>[0], more: Parameters<typeof workflow>[1] = {}) => {
    const run = new Play(workflow(tasks, { timeout: 1.5, ...more }), mode);
    run.start({ list: [0, 1, 2] });
    return run;
  };
  const pass = (run: Play) => run.signal({ type: 'timed-out' });

  it('is asked for when the workflow begins, and only where there is one', () => {
    const asked = (run: Play) => run.effects.filter(({ type }) => type === 'set-limit');

    expect(asked(play([task('a')]))).toEqual([{ type: 'set-limit', seconds: 1.5 }]);
    expect(asked(play([task('a')], { timeout: 0 }))).toEqual([]);
  });

  it('running children are stopped whatever the policy, and the workflow fails when they are gone', () => {
    const run = play([task('a', { retry: { count: 3 }, next: [{ do: ['z'] }] }), task('z')]);
    run.begin(run.open[0]!);

    const [stop] = pass(run);

    expect(stop).toEqual({ type: 'cancel-children', policy: 'cancel_running', timedOutAfter: 1.5 });
    expect(run.finish).toMatchObject({ status: 'failed', result: OVER, timedOut: true });
    expect(run.rows.map((row) => row.task)).toEqual(['a']);
  });

  it('a child that ends by itself while it is stopped starts nothing', () => {
    const run = play([task('a', { next: [{ do: ['z'], publish: ['x'] }] }), task('z')]);
    const stopping = step(run.definition, run.state, { type: 'timed-out' }, run.now);
    expect(stopping.effects.map(({ type }) => type)).toEqual(['cancel-children']);

    const end = { type: 'child-ended', task: 'a', index: null, retry: 0, result: {}, undispatched: false } as const;
    const { state, effects } = step(run.definition, stopping.state, { ...end, status: 'completed' }, run.now);

    expect(effects.map(({ type }) => type)).toEqual(['log', 'finish']);
    expect(effects.at(-1)).toMatchObject({ status: 'failed', result: OVER });
    expect(state.variables).toEqual({});
  });

  it('items that wait are passed over', () => {
    const run = play([task('each', { with_items: '{{ parameters.list }}', concurrency: 1 })]);
    run.begin(run.open[0]!);
    pass(run);

    expect(run.finish).toMatchObject({ status: 'failed', result: OVER });
  });

  it('what came first says how it ends', () => {
    const cancelled = play([task('a')]);
    cancelled.begin(cancelled.open[0]!);
    cancelled.cancel('allow_finish');
    expect(pass(cancelled)[0]).toMatchObject({ type: 'cancel-children', policy: 'cancel_running' });
    expect(cancelled.finish?.status).toBe('cancelled');

    const over = play([task('a')]);
    const { state } = step(over.definition, over.state, { type: 'timed-out' }, over.now);
    expect(step(over.definition, state, { type: 'cancel-requested', policy: null }, over.now).effects).toEqual([]);
  });

  it('passes once, and for a workflow that has ended not at all', () => {
    const run = play([task('a')]);
    const once = step(run.definition, run.state, { type: 'timed-out' }, run.now);
    expect(step(run.definition, once.state, { type: 'timed-out' }, run.now).effects).toEqual([]);

    run.end('a', 'completed');
    expect(pass(run)).toEqual([]);
  });
});

it.each([-1, 0.01, '1 s', true])('a limit of %j is refused with its place', (timeout) => {
  expect(() => workflow([task('a')], { timeout })).toThrow(DefinitionError);
  expect(() => workflow([task('a')], { timeout })).toThrow('/timeout');
});
