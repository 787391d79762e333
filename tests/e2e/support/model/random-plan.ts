import fc from 'fast-check';

/** How one task of a random workflow is made. Positions are those of the same workflow. */
export interface TaskPlan {
  readonly work: 'process' | 'response' | 'expiry' | 'workflow';
  /** Number of items; null: none. */
  readonly items: number | null;
  readonly isBatched: boolean;
  readonly isConcurrent: boolean;
  readonly retries: number;
  /** Failed attempts of each item before its first success. */
  readonly failures: readonly number[];
  readonly limit: 'none' | 'within' | 'exceeded';
  readonly condition: boolean | null;
  readonly join: number;
  readonly next: readonly TransitionPlan[];
  /** Distance to the task to which a failure leads back, 0 its own; null: it does not. */
  readonly back: number | null;
  /** Whether its parameters have the result of the task that started it, and all variables. */
  readonly reads: { readonly result: boolean; readonly variables: boolean };
}

interface TransitionPlan {
  readonly when: 'always' | 'succeeded' | 'failed' | 'timed out';
  readonly publishes: boolean;
  /** Distances to later tasks. */
  readonly to: readonly number[];
}

export interface CasePlan {
  readonly tasks: readonly TaskPlan[];
  /** Tasks of the workflow that the tasks with `work: 'workflow'` call. */
  readonly called: readonly TaskPlan[];
  readonly cancellation: 'none' | 'allow_finish' | 'cancel_running';
  /** The limit of the whole workflow. */
  readonly whole: 'none' | 'within' | 'exceeded';
  readonly isPaused: boolean;
}

const rarely = <T>(usual: T, ...rare: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...rare) });

const transition: fc.Arbitrary<TransitionPlan> = fc.record({
  when: fc.constantFrom('succeeded', 'succeeded', 'failed', 'timed out', 'always'),
  publishes: fc.boolean(),
  to: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
});

const taskWith = (work: fc.Arbitrary<TaskPlan['work']>): fc.Arbitrary<TaskPlan> =>
  fc.record({
    work,
    items: rarely<number | null>(null, 0, 2, 3),
    isBatched: fc.boolean(),
    isConcurrent: fc.boolean(),
    retries: rarely(0, 1, 2),
    failures: fc.array(rarely(0, 1, 2, 3), { minLength: 3, maxLength: 3 }),
    limit: rarely<TaskPlan['limit']>('none', 'within', 'exceeded'),
    condition: rarely<boolean | null>(null, true, false),
    join: rarely(1, 2, 3),
    next: fc.array(transition, { minLength: 1, maxLength: 3 }),
    back: fc.constant(null),
    reads: fc.record({ result: rarely(false, true), variables: fc.boolean() }),
  });

/**
 * A task that is repeated until its process succeeds, and then leads on: what else a failed round
 * could start depends on what is faster.
 */
const repeatedTask: fc.Arbitrary<TaskPlan> = fc
  .tuple(taskWith(fc.constant('process')), fc.constantFrom(1, 2))
  .map(([task, count]) => ({
    ...task,
    items: null,
    retries: 0,
    failures: [count],
    limit: 'none',
    condition: null,
    next: task.next.map(({ to, publishes }) => ({ when: 'succeeded', publishes, to })),
    back: 0,
  }));

/** A random case; not every one is predictable. */
export const casePlan: fc.Arbitrary<CasePlan> = fc.record({
  tasks: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: taskWith(fc.constantFrom('process', 'process', 'workflow', 'response', 'expiry')) },
      { weight: 1, arbitrary: repeatedTask },
    ),
    { minLength: 3, maxLength: 6 },
  ),
  called: fc.array(taskWith(rarely<TaskPlan['work']>('process', 'response')), { minLength: 1, maxLength: 2 }),
  cancellation: rarely<CasePlan['cancellation']>('none', 'allow_finish', 'cancel_running'),
  whole: rarely<CasePlan['whole']>('none', 'within', 'exceeded'),
  isPaused: rarely(false, true),
});
