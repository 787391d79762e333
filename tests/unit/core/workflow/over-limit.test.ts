import type { JsonObject } from '../../../../contract/json';
import { MODES, WorkflowSimulator, task, workflow, type ChildOutcome } from './workflow-simulator';

const OVER_LIMIT: ChildOutcome = { status: 'failed', isOverLimit: true, result: { exit_code: -1, timed_out: true } };
const ON_TIMEOUT = { when: '{{ timed_out() }}', do: ['late'] };
const ON_FAILURE = { when: '{{ failed() }}', do: ['bad'] };
/** Names the targets, so that none of them is an entry task. */
const HUB = task('hub', { when: 'false', next: [{ when: 'false', do: ['late', 'bad'] }] });

describe.each(MODES)('a task that a limit ended, %s', (mode) => {
  const startRun = (first: readonly JsonObject[]) => {
    const run = new WorkflowSimulator(workflow([...first, HUB, task('late'), task('bad')]), mode);
    run.start({ list: [0, 1, 2] });
    return run;
  };
  const startedAfter = (run: WorkflowSimulator) => run.started.filter((name) => ['late', 'bad'].includes(name));

  it.each([
    ['the transition for timeouts', [ON_TIMEOUT, ON_FAILURE], ['late']],
    ['also where the one for failures is first', [ON_FAILURE, ON_TIMEOUT], ['late']],
    ['the one for failures, without one for timeouts', [ON_FAILURE], ['bad']],
    ['one for both', [{ when: 'failed() or timed_out()', do: ['bad'] }], ['bad']],
    ['not one for other failures', [{ when: 'failed() and not timed_out()', do: ['bad'] }], []],
    [
      'not one whose text only has the name',
      [{ when: '{{ failed() and "timed_out()" != "" }}', do: ['bad'] }],
      ['bad'],
    ],
    ['one in a longer text', [{ when: '{{ timed_out() }} ', do: ['late'] }, ON_FAILURE], ['late']],
    ['not one for success', [{ when: 'succeeded()', do: ['bad'] }], []],
  ])('follows %s', (_, next, expected) => {
    const run = startRun([task('a', { next })]);
    run.end('a', OVER_LIMIT);

    expect(startedAfter(run)).toEqual(expected);
  });

  it('follows the older key on_timeout, and not on_failure', () => {
    const run = startRun([task('a', { on_failure: 'bad', on_timeout: 'late' })]);
    run.end('a', OVER_LIMIT);

    expect(startedAfter(run)).toEqual(['late']);
  });

  it('publishes that it has timed out, with and without a transition for it', () => {
    const publish = [{ is: '{{ [succeeded(), failed(), timed_out()] }}' }];
    const outcomeOf = (next: JsonObject[]) => {
      const run = startRun([task('a', { next })]);
      run.end('a', OVER_LIMIT);
      return run.state.variables.is;
    };

    expect(outcomeOf([{ publish }, ON_TIMEOUT])).toEqual([false, false, true]);
    expect(outcomeOf([{ publish }])).toEqual([false, true, true]);
  });

  it('is not known by the keys of a result', () => {
    const run = startRun([task('a', { next: [ON_TIMEOUT, ON_FAILURE] })]);
    run.end('a', { status: 'failed', result: { timed_out: true, exit_code: 1 } });

    expect(startedAfter(run)).toEqual(['bad']);
  });

  it('is decided by the last attempt', () => {
    const retried = (last: ChildOutcome) => {
      const run = startRun([task('a', { retry: { count: 1 }, next: [ON_TIMEOUT, ON_FAILURE] })]);
      run.end('a', OVER_LIMIT);
      run.end('a', last);
      return startedAfter(run);
    };

    expect(retried(OVER_LIMIT)).toEqual(['late']);
    expect(retried({ status: 'failed' })).toEqual(['bad']);
    expect(retried({ status: 'completed' })).toEqual([]);
  });

  it.each([
    ['{{ timed_out() }}', 1],
    ['{{ not timed_out() }}', 0],
    ['{{ failed() }}', 0],
  ])('on_error %s gives %i retries beside a transition for timeouts', (on_error, retries) => {
    const run = startRun([task('a', { retry: { count: 1, on_error }, next: [ON_TIMEOUT] })]);
    run.end('a', OVER_LIMIT);

    expect(run.rows.filter((row) => row.task === 'a')).toHaveLength(1 + retries);
  });

  it('of a list counts if no other item failed', () => {
    const ended = (...ends: ChildOutcome[]) => {
      const list = { with_items: '{{ parameters.list }}', concurrency: 3, next: [ON_TIMEOUT, ON_FAILURE] };
      const run = startRun([task('each', list)]);
      ends.forEach((end, index) => run.end('each', end, index));
      return startedAfter(run);
    };

    expect(ended({ status: 'completed' }, OVER_LIMIT, { status: 'completed' })).toEqual(['late']);
    expect(ended(OVER_LIMIT, { status: 'timeout' }, { status: 'completed' })).toEqual(['late']);
    expect(ended(OVER_LIMIT, { status: 'failed' }, { status: 'completed' })).toEqual(['bad']);
  });

  it('of a parallel task counts if no other subtask failed', () => {
    const ended = (...ends: ChildOutcome[]) => {
      const tasks = ends.map((_, n) => task(`sub-${n}`));
      const run = startRun([{ name: 'both', type: 'parallel', tasks, next: [ON_TIMEOUT, ON_FAILURE] }]);
      ends.forEach((end, n) => run.end(`sub-${n}`, end));
      return startedAfter(run);
    };

    expect(ended(OVER_LIMIT, { status: 'completed' })).toEqual(['late']);
    expect(ended(OVER_LIMIT, { status: 'failed' })).toEqual(['bad']);
    expect(ended({ status: 'completed' }, { status: 'completed' })).toEqual([]);
  });

  it('without a transition that starts a task fails the workflow', () => {
    const run = new WorkflowSimulator(workflow([task('a')]), mode);
    run.start();
    run.end('a', OVER_LIMIT);

    expect(run.finish).toMatchObject({ status: 'failed' });
  });
});
