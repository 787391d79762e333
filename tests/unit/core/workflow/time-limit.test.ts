import { DefinitionError } from '../../../../platform/core/workflow/load/definition-error';
import { stepFrom } from './step-from';
import { MODES, WorkflowSimulator, task, workflow } from './workflow-simulator';
import { withRequestLimit } from '../../../../platform/core/workflow/definition';

const TIMEOUT_RESULT = {
  error: 'Execution timed out after 1.5 seconds',
  succeeded: false,
  timed_out: true,
  timeout_seconds: 1.5,
  timeout_level: 'workflow',
};

describe.each(MODES)('the limit of a whole workflow, %s', (mode) => {
  const startRun = (tasks: Parameters<typeof workflow>[0], more: Parameters<typeof workflow>[1] = {}) => {
    const run = new WorkflowSimulator(workflow(tasks, { timeout: 1.5, ...more }), mode);
    run.start({ list: [0, 1, 2] });
    return run;
  };
  const passLimit = (run: WorkflowSimulator) => run.signal({ type: 'timed-out' });

  it('is an effect of the start, where there is one', () => {
    const limitEffects = (run: WorkflowSimulator) => run.effects.filter(({ type }) => type === 'set-limit');

    expect(limitEffects(startRun([task('a')]))).toEqual([{ type: 'set-limit', seconds: 1.5 }]);
    expect(limitEffects(startRun([task('a')], { timeout: 0 }))).toEqual([]);
  });

  it('cancels running children and fails the workflow', () => {
    const run = startRun([task('a', { retry: { count: 3 }, next: [{ do: ['z'] }] }), task('z')]);
    run.startRow(run.open[0]!);

    const [stop] = passLimit(run);

    expect(stop).toEqual({ type: 'cancel-children', policy: 'cancel_running', timedOutAfter: 1.5 });
    expect(run.finish).toMatchObject({ status: 'failed', result: TIMEOUT_RESULT, timeoutLevel: 'workflow' });
    expect(run.rows.map((row) => row.task)).toEqual(['a']);
  });

  it.each([
    [1.4, { timeout_seconds: 1.4, timeout_level: 'request' }],
    [1.5, TIMEOUT_RESULT],
    [1.6, TIMEOUT_RESULT],
  ])('of a request, %d s, counts where it is shorter', (seconds, result) => {
    const limited = withRequestLimit(workflow([task('a')], { timeout: 1.5 }), seconds);
    const run = new WorkflowSimulator(limited, mode);
    run.start();
    run.startRow(run.open[0]!);
    passLimit(run);

    expect(run.finish).toMatchObject({ result, timeoutLevel: result.timeout_level });
  });

  it('of a request is the limit of a workflow without one', () => {
    const run = new WorkflowSimulator(withRequestLimit(workflow([task('a')]), 2), mode);
    run.start();

    expect(run.effects).toContainEqual({ type: 'set-limit', seconds: 2 });
  });

  it('starts nothing after a child that ends while it is cancelled', () => {
    const run = startRun([task('a', { next: [{ do: ['z'], publish: ['x'] }] }), task('z')]);
    const stopping = stepFrom(run.definition, run.state, { type: 'timed-out' }, run.now);
    expect(stopping.effects.map(({ type }) => type)).toEqual(['cancel-children']);

    const end = {
      type: 'child-ended',
      task: 'a',
      index: null,
      round: 1,
      retry: 0,
      result: {},
      undispatched: false,
    } as const;
    const { state, effects } = stepFrom(run.definition, stopping.state, { ...end, status: 'completed' }, run.now);

    expect(effects.map(({ type }) => type)).toEqual(['log', 'finish']);
    expect(effects.at(-1)).toMatchObject({ status: 'failed', result: TIMEOUT_RESULT });
    expect(state.variables).toEqual({});
  });

  it('counts waiting items as ended', () => {
    const run = startRun([task('each', { with_items: '{{ parameters.list }}', concurrency: 1 })]);
    run.startRow(run.open[0]!);
    passLimit(run);

    expect(run.finish).toMatchObject({ status: 'failed', result: TIMEOUT_RESULT });
  });

  it('the first of cancel and limit decides the end', () => {
    const cancelled = startRun([task('a')]);
    cancelled.startRow(cancelled.open[0]!);
    cancelled.cancel('allow_finish');
    expect(passLimit(cancelled)[0]).toMatchObject({ type: 'cancel-children', policy: 'cancel_running' });
    expect(cancelled.finish?.status).toBe('cancelled');

    const over = startRun([task('a')]);
    const { state } = stepFrom(over.definition, over.state, { type: 'timed-out' }, over.now);
    expect(stepFrom(over.definition, state, { type: 'cancel-requested', policy: null }, over.now).effects).toEqual([]);
  });

  it('passes once, and not after the end', () => {
    const run = startRun([task('a')]);
    const once = stepFrom(run.definition, run.state, { type: 'timed-out' }, run.now);
    expect(stepFrom(run.definition, once.state, { type: 'timed-out' }, run.now).effects).toEqual([]);

    run.end('a', 'completed');
    expect(passLimit(run)).toEqual([]);
  });
});

it.each([-1, 0.01, '1 s', true])('a limit of %j is rejected with its path', (timeout) => {
  expect(() => workflow([task('a')], { timeout })).toThrow(DefinitionError);
  expect(() => workflow([task('a')], { timeout })).toThrow('/timeout');
});
