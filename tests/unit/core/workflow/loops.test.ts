import type { JsonObject } from '../../../../contract/json';
import { counting, round, rounds, to } from './loop-rounds';
import { MODES, WorkflowSimulator, task, workflow } from './workflow-simulator';

const until = (name: string, count: number, more: JsonObject = {}): JsonObject =>
  task(name, {
    next: [
      { when: `result().n < ${count}`, do: [name] },
      { when: `result().n >= ${count}`, do: ['done'] },
    ],
    ...more,
  });

describe.each(MODES)('loops, %s', (mode) => {
  const newRun = (tasks: JsonObject[], maxRounds?: number | null) =>
    new WorkflowSimulator(workflow(tasks), mode, new Set(), maxRounds);

  it('a task runs again when one of its transitions leads back to it', () => {
    const run = newRun([until('poll', 3), task('done')]);

    expect(rounds(run, { poll: counting(3) })).toEqual(['poll@1', 'poll@2', 'poll@3', 'done@1']);
    expect(run.finish).toMatchObject({ status: 'completed', result: { succeeded: true } });
    expect(run.state.tasks.poll?.result).toEqual({ n: 3 });
  });

  it('where every task has a predecessor, the first of the file starts', () => {
    const run = newRun([
      task('poll', { next: [{ when: 'result().n < 2', do: ['wait'] }] }),
      task('wait', { next: to('poll') }),
    ]);

    expect(rounds(run, { poll: counting(2) })).toEqual(['poll@1', 'wait@1', 'poll@2']);
  });

  it('a task that only leads back to itself starts with the entry tasks', () => {
    expect(rounds(newRun([task('other'), until('poll', 2), task('done')]), { poll: counting(2) })).toEqual([
      'other@1',
      'poll@1',
      'poll@2',
      'done@1',
    ]);
  });

  it('all tasks of a loop run once a round, also after two predecessors', () => {
    const run = newRun([
      task('head', { next: to('left', 'right') }),
      task('left', { next: to('end') }),
      task('right', { next: to('end') }),
      task('end', { next: [{ when: 'result().n < 2', do: ['head'] }] }),
    ]);

    expect(rounds(run, { end: counting(2) }).sort()).toEqual(
      ['head', 'left', 'right', 'end'].flatMap((name) => [`${name}@1`, `${name}@2`]).sort(),
    );
  });

  it('a join counts the arrivals of its own round', () => {
    const run = newRun([
      task('head', { next: to('fast', 'slow') }),
      task('fast', { next: [{ do: ['joined'] }, { when: 'result().n < 2', do: ['head'] }] }),
      task('slow', { next: to('joined') }),
      task('joined', { join: 2 }),
    ]);
    run.start();
    run.end('head', 'completed');
    run.end('fast', { status: 'completed', result: { n: 1 } });
    run.end('head', 'completed');
    run.end('fast', { status: 'completed', result: { n: 2 } });

    expect(run.open.map(round)).toEqual(['slow@1']);
    run.end('slow', 'completed');
    expect(run.open.map(round)).toEqual(['joined@1', 'slow@2']);
    run.end('joined', 'completed');
    run.end('slow', 'completed');
    expect(run.open.map(round)).toEqual(['joined@2']);
    run.drain();
    expect(run.finish?.status).toBe('completed');
  });

  it('the head of a loop joins what leads in, and later what leads back', () => {
    const run = newRun([
      task('a', { next: to('head') }),
      task('b', { next: to('head') }),
      until('head', 3, { join: 2 }),
      task('done'),
    ]);

    expect(rounds(run, { head: counting(3) })).toEqual(['a@1', 'b@1', 'head@1', 'head@2', 'head@3', 'done@1']);
  });

  it('a loop with two entrances begins at the first of the file', () => {
    const run = newRun([
      task('start', { next: [{ do: ['second', 'first'] }] }),
      task('first', { next: to('second') }),
      task('second', { join: 2, next: [{ when: 'result().n < 2', do: ['first'] }] }),
    ]);

    expect(rounds(run, { second: counting(2) })).toEqual(['start@1', 'first@1', 'second@1', 'first@2', 'second@2']);
  });

  it('a task after a loop runs for each round that leads to it', () => {
    const poll = task('poll', { next: [{ do: ['log'] }, { when: 'result().n < 3', do: ['poll'] }] });
    const run = newRun([poll, task('log', { input: { n: '{{ result().n }}' } })]);
    run.start();
    for (const n of [1, 2, 3]) run.end('poll', { status: 'completed', result: { n } });

    expect(run.open.map(round)).toEqual(['log@1']); // the others wait for it
    run.drain();
    expect(run.rows.filter(({ task: name }) => name === 'log').map(({ start }) => start.input)).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
  });

  it('a join after two loops counts both, whatever their rounds', () => {
    const loop = (name: string, count: number) =>
      task(name, {
        next: [
          { when: `result().n < ${count}`, do: [name] },
          { when: `result().n == ${count}`, do: ['joined'] },
        ],
      });
    const run = newRun([loop('a', 3), loop('b', 2), task('joined', { join: 2 })]);

    expect(rounds(run, { a: counting(3), b: counting(2) }).filter((each) => each.startsWith('joined'))).toEqual([
      'joined@1',
    ]);
  });

  it('without a join, a task does not start again after a second loop', () => {
    const loop = (name: string, count: number) =>
      task(name, {
        next: [
          { when: `result().n < ${count}`, do: [name] },
          { when: `result().n == ${count}`, do: ['end'] },
        ],
      });
    const run = newRun([loop('a', 2), loop('b', 4), task('end')]);

    expect(rounds(run, { a: counting(2), b: counting(4) }).filter((each) => each.startsWith('end'))).toEqual(['end@1']);
  });

  it('an inner loop runs whole in each round of the outer one', () => {
    const run = newRun([
      task('outer', { next: to('inner') }),
      task('inner', {
        next: [
          { when: 'result().n % 3 != 0', do: ['inner'] },
          { when: 'result().n % 3 == 0', do: ['last'] },
        ],
      }),
      task('last', { next: [{ when: 'result().n < 2', do: ['outer'] }] }),
    ]);
    const all = rounds(run, { inner: counting(6), last: counting(2) });

    expect(all).toEqual(
      [
        ['outer@1', 'inner@1', 'inner@2', 'inner@3', 'last@1'],
        ['outer@2', 'inner@4', 'inner@5', 'inner@6', 'last@2'],
      ].flat(),
    );
  });

  it('a round has its own retries, items and subtasks', () => {
    const run = newRun([
      task('retried', { retry: { count: 1, delay: 0 }, next: to('items') }),
      task('items', { with_items: '{{ [7, 8] }}', input: { n: '{{ item }}' }, next: to('both') }),
      {
        name: 'both',
        type: 'parallel',
        tasks: [task('x'), task('y')],
        next: [{ when: '{{ vars.again | default(true) }}', publish: [{ again: false }], do: ['retried'] }],
      },
    ]);
    run.start();
    run.drain(({ task: name, retry }) => ({ status: name === 'retried' && retry === 0 ? 'failed' : 'completed' }));
    const places = run.rows.map((row) => `${round(row)} ${String(row.index)} ${row.retry}`);
    const first = ['retried@1 null 0', 'retried@1 null 1', 'items@1 0 0', 'items@1 1 0', 'x@1 null 0', 'y@1 null 0'];

    expect(places).toEqual([...first, ...first.map((place) => place.replace('@1', '@2'))]);
    expect(run.finish?.status).toBe('completed');
  });

  it('a task that runs again shows its last result until it ends', () => {
    const poll = task('poll', {
      input: { before: '{{ task.poll.n | default(0) }}' },
      next: [{ when: 'result().n < 3', do: ['poll'] }],
    });
    const run = newRun([poll]);
    rounds(run, { poll: counting(3) });

    expect(run.rows.map(({ start }) => start.input)).toEqual([{ before: 0 }, { before: 1 }, { before: 2 }]);
  });

  it.each([
    ['the loop handles', [{ when: 'failed()', do: ['wait'] }], 'completed'],
    ['nothing handles', [{ when: 'succeeded()', do: ['wait'] }], 'failed'],
  ])('a failed round that %s leaves the run %s', (_, next, status) => {
    const run = newRun([task('try', { next }), task('wait', { next: to('try') })]);
    run.start();
    run.end('try', 'failed');
    run.drain();

    expect(run.finish?.status).toBe(status);
  });

  it('a failed round that nothing handled counts when the task runs again', () => {
    const run = newRun([
      task('poll', { next: [{ do: ['side'] }, { when: 'result().n < 2', do: ['poll'] }] }),
      task('side'),
    ]);
    run.start();
    run.drain((row) => ({
      status: row.task === 'side' && row.round === 1 ? 'failed' : 'completed',
      result: { n: row.round },
    }));

    expect(run.rows.map(round)).toContain('side@2');
    expect(run.finish).toMatchObject({
      status: 'failed',
      result: { error: 'Workflow failed: 1 task(s) failed: side' },
    });
  });

  it('the round above the limit fails with LOOP_LIMIT, and with it the run', () => {
    const run = newRun([task('poll', { next: to('poll') })], 5);

    expect(rounds(run)).toEqual([1, 2, 3, 4, 5].map((n) => `poll@${n}`));
    const message = "Task 'poll' would start its round 6: at most 5 rounds of a task may run";
    expect(run.effects.find(({ type }) => type === 'record-undispatched')).toMatchObject({
      task: 'poll',
      round: 6,
      code: 'LOOP_LIMIT',
      error: message,
    });
    expect(run.finish).toEqual({
      type: 'finish',
      status: 'failed',
      result: { error: `Workflow failed: 1 task(s) failed: poll. ${message}`, code: 'LOOP_LIMIT', succeeded: false },
    });
  });

  it('a loop of tasks that are skipped ends at the limit', () => {
    const run = newRun([task('a', { when: 'false', next: to('b') }), task('b', { when: 'false', next: to('a') })], 50);
    run.start();

    expect(run.rows).toEqual([]);
    expect(run.finish?.result).toMatchObject({ code: 'LOOP_LIMIT' });
  });

  it('a cancel ends the loop after the round that runs', () => {
    const run = newRun([task('poll', { next: to('poll') })]);
    run.start();
    run.end('poll', 'completed');
    run.cancel('allow_finish');
    run.drain();

    expect(run.rows.map(round)).toEqual(['poll@1', 'poll@2']);
    expect(run.finish?.status).toBe('cancelled');
  });

  it('a pause holds the next round with what it was to see', () => {
    const poll = task('poll', { input: { n: '{{ result().n | default(0) }}' }, next: to('poll') });
    const run = newRun([poll], 3);
    run.start();
    run.signal({ type: 'pause-requested' });
    run.end('poll', { status: 'completed', result: { n: 7 } });
    expect(run.rows).toHaveLength(1);
    run.signal({ type: 'resumed' });

    expect(run.rows.map(({ start }) => start.input)).toEqual([{ n: 0 }, { n: 7 }]);
  });

  it('the end of a child of an earlier round changes nothing', () => {
    const run = newRun([until('poll', 2), task('done')]);
    run.start();
    run.end('poll', { status: 'completed', result: { n: 1 } });
    const { state } = run;
    const late = { type: 'child-ended', task: 'poll', index: null, round: 1, retry: 0, status: 'failed' } as const;

    expect(run.signal({ ...late, result: null, undispatched: false })).toEqual([]);
    expect(run.state).toEqual(state);
  });
});
