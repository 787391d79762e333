import type { JsonObject } from '../../../../contract/json';
import { counting, rounds, to } from './loop-rounds';
import { MODES, WorkflowSimulator, task, workflow } from './workflow-simulator';

describe.each(MODES)('loops that begin at two tasks, %s', (mode) => {
  const newRun = (tasks: JsonObject[]) => new WorkflowSimulator(workflow(tasks), mode);

  it('a join that leads back to its two predecessors joins every round', () => {
    const run = newRun([
      task('start', { next: to('left', 'right') }),
      task('left', { next: to('joined') }),
      task('right', { next: to('joined') }),
      task('joined', { join: 2, next: [{ when: 'result().n < 3', do: ['left', 'right'] }] }),
    ]);
    const each = (n: number) => ['left', 'right', 'joined'].map((name) => `${name}@${n}`);

    expect(rounds(run, { joined: counting(3) })).toEqual(['start@1', ...each(1), ...each(2), ...each(3)]);
    expect(run.finish?.status).toBe('completed');
  });

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('of two tasks that lead to each other, %s begins the rounds', (first, second) => {
    const leads = (name: string, other: string) => task(name, { next: [{ when: 'result().n < 3', do: [other] }] });
    const run = newRun([task('start', { next: to('a', 'b') }), leads(first, second), leads(second, first)]);
    const all = rounds(run, { a: counting(3), b: counting(3) });

    expect(all.filter((name) => name.startsWith(first))).toHaveLength(3);
    expect(all.filter((name) => name.startsWith(second))).toHaveLength(2);
  });
});
