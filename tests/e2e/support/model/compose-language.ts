import {
  onFailure,
  onSuccess,
  parallelTask,
  type AnyTask,
  type Task,
} from '../../../../helpers/scenario/resources/workflow-task';
import { programInput, quickTask, type CaseNames } from './case-names';
import type { ModelCase, ModelWorkflow } from './model-case';

/** A workflow for keywords that the features of one task do not have. */
export interface LanguageCase {
  readonly name: string;
  compose(names: CaseNames): ModelCase;
}

const failing = (name: string, code: number, more: Partial<Task> = {}): Task => ({
  name,
  action: 'core.noop',
  input: { message: { code }, exit_code: code },
  ...more,
});

const caseOf = (
  name: string,
  tasks: (names: CaseNames) => AnyTask[],
  parts: ModelWorkflow['parts'] = {},
): LanguageCase => ({
  name,
  compose: (names) => ({
    workflows: { [names.workflow('root')]: { tasks: tasks(names), parts } },
    program: names.program,
    parameters: { given: 'yes' },
    responses: {},
    isPaused: false,
    isCancelled: false,
    areLimitsTimeouts: names.areLimitsTimeouts,
    worker: names.worker,
  }),
});

const OUTCOMES = { vars: { a: 'none', b: 'none' }, output_map: { a: '{{ vars.a }}', b: '{{ vars.b }}' } };

/** Each is small: what it does not have is in the pairs of features. */
export const LANGUAGE_CASES: readonly LanguageCase[] = [
  caseOf(
    'publish-order',
    (names) => [
      {
        ...quickTask(names, 'first', { n: 1 }),
        next: [
          { publish: [{ a: 'early' }, { b: 'early' }] },
          { when: "{{ workflow.a == 'early' }}", publish: [{ a: '{{ vars.b }} late' }], do: ['last'] },
          { when: '{{ failed() }}', publish: [{ b: 'wrong' }], do: ['never'] },
          { when: "{{ vars.a == 'early late' }}", publish: [{ b: 'both', missing: '{{ vars.none }}' }] },
        ],
      },
      quickTask(names, 'last', { a: '{{ vars.a }}', b: '{{ vars.b }}' }),
      quickTask(names, 'never'),
    ],
    { ...OUTCOMES, output_map: { ...OUTCOMES.output_map, lost: '{{ vars.missing }}' } },
  ),
  caseOf('join-of-skipped', (names) => [
    { ...quickTask(names, 'left'), next: [onSuccess('both')] },
    { ...quickTask(names, 'right'), when: 'false', next: [onSuccess('both'), { do: ['other'] }] },
    { ...quickTask(names, 'both'), join: 2 },
    quickTask(names, 'other'),
  ]),
  caseOf(
    'older-keys',
    (names) => [
      {
        ...quickTask(names, 'good', { n: 1 }),
        on_success: 'chosen',
        on_failure: 'wrong',
        publish: [{ a: '{{ result().params.n }}' }],
      },
      failing('bad', 3, { on_failure: 'rescue', on_complete: 'always', on_timeout: 'wrong', on_success: 'wrong' }),
      {
        ...quickTask(names, 'chosen'),
        decision: [
          { next: 'wrong', default: true },
          { when: '{{ vars.a == 2 }}', next: 'wrong' },
          { when: '{{ vars.a == 1 }}', next: 'decided' },
        ],
      },
      {
        ...quickTask(names, 'decided'),
        decision: [
          { when: '{{ failed() }}', next: 'wrong' },
          { next: 'fallback', default: true },
        ],
      },
      ...['rescue', 'always', 'fallback', 'wrong'].map((name) => quickTask(names, name)),
    ],
    OUTCOMES,
  ),
  caseOf('on-error', () => [
    failing('stops', 3, { retry: { count: 3, delay: 1, on_error: '{{ not result().code == 3 }}' } }),
    failing('goes-on', 4, { retry: { count: 2, delay: 1, backoff: 'linear', on_error: 'result().code == 4' } }),
    failing('unknown', 5, { retry: { count: 1, delay: 1, on_error: '{{ vars.none }}' }, next: [onFailure('stops')] }),
  ]),
  caseOf(
    'rounds',
    (names) => [
      {
        name: 'poll',
        action: names.program,
        input: programInput(names, 'poll', '1 1 0'),
        next: [
          { when: '{{ failed() }}', publish: [{ a: '{{ result().attempt }}' }], do: ['between'] },
          { when: '{{ succeeded() }}', publish: [{ b: '{{ result().attempt }}' }], do: ['last'] },
        ],
      },
      { ...quickTask(names, 'between', { seen: '{{ task.poll.attempt }}' }), next: [{ do: ['poll'] }] },
      quickTask(names, 'last', { seen: '{{ task.poll.attempt }}', before: '{{ task.between.params.seen }}' }),
    ],
    OUTCOMES,
  ),
  caseOf(
    'parts',
    (names) => [
      {
        ...parallelTask(
          'all',
          [
            quickTask(names, 'good', { n: 1 }),
            failing('bad', 3, { retry: { count: 1, delay: 1 } }),
            { name: 'late', action: 'core.ask', input: { prompt: 'Late?' }, timeout: 2 },
            { ...quickTask(names, 'skipped'), when: 'false' },
            { ...quickTask(names, 'none'), with_items: [] },
            { ...quickTask(names, 'each', { item: '{{ item }}' }), with_items: ['a', 'b'] },
          ],
          { when: '{{ failed() }}', publish: [{ a: '{{ result().bad.exit_code }}' }], do: ['both'] },
          { when: '{{ timed_out() }}', publish: [{ b: 'wrong' }] },
        ),
      },
      {
        ...parallelTask('fine', [quickTask(names, 'only', { n: 2 }), quickTask(names, 'other')], onSuccess('both')),
        when: '{{ parameters.given == "yes" }}',
      },
      {
        ...quickTask(names, 'both', {
          n: '{{ task.fine.only.params.n }}',
          items: '{{ task.all.each.items[1].params.item }}',
        }),
        join: 2,
      },
      { ...parallelTask('off', [quickTask(names, 'never')], { do: ['last'] }), when: 'false' },
      quickTask(names, 'last', { good: '{{ vars.a }}' }),
    ],
    OUTCOMES,
  ),
  caseOf(
    'defaults',
    (names) => [
      quickTask(names, 'only', {
        given: '{{ parameters.given }}',
        absent: '{{ parameters.absent }}',
        n: '{{ vars.n }}',
      }),
    ],
    { parameters: { given: { default: 'no' }, absent: { default: [0, ''] } }, vars: { n: [null, false] } },
  ),
];
