import type { Json } from '../../../../contract/json';
import {
  onFailure,
  onSuccess,
  onTimeout,
  parallelTask,
  type AnyTask,
  type Task,
  type Transition,
} from '../../../../helpers/scenario/resources/workflow-task';
import { LONG_SECONDS, programInput, quickTask, type CaseNames } from './case-names';
import {
  CHILD_COUNT,
  FAILING_INDEX,
  isHeld,
  listLength,
  SLEEP_SECONDS,
  stopsPrograms,
  subjectOf,
} from './compose-subject';
import type { Features } from './features';
import type { ModelCase, ModelWorkflow } from './model-case';

/** The values of the list items: one value in different JSON types. */
const VALUES: readonly Json[] = [1, '1', { deep: [null, false] }, null, true];

/** The response to every inquiry. */
const RESPONSE = { value: [0, ''] };

/**
 * A workflow with these features: `before` starts `subject`, which has them, and `after`,
 * `rescue` or `always` follows it, as its result and the branch require.
 */
export function composeCase(features: Features, names: CaseNames): ModelCase {
  const { subject, called, ends } = subjectOf(features, names);
  const tasks = [
    ...predecessors(features, names),
    withNext(features, subject, names),
    ...successors(features, names),
    ...(hasBeside(features) ? [besideTask(features, names)] : []),
  ];
  const root: ModelWorkflow = {
    tasks,
    parts: {
      parameters: { v: { default: 7 }, both: { default: ['first', 'last'] } },
      vars: { early: 'not published' },
      output_map: { ...outputOf(features), v: '{{ parameters.v }}', early: '{{ vars.early }}' },
      ...(features.cancellation !== 'none' && { cancellation_policy: features.cancellation }),
      ...limitOfAll(features),
    },
  };
  const values = VALUES.slice(0, listLength(features));
  return {
    workflows: { ...called, [names.workflow('root')]: root },
    program: names.program,
    parameters: {
      isOn: features.branch === 'taken',
      items: values.map((each, index) => ({ value: each, ends: ends(index) })),
    },
    responses: features.work === 'response' ? { subject: RESPONSE } : {},
    isPaused: features.pause !== 'none',
    isCancelled: features.cancellation !== 'none',
    areLimitsTimeouts: names.areLimitsTimeouts,
    worker: names.worker,
  };
}

/** Later than each delay and limit before the last one of a task, seconds. */
const WHOLE_SECONDS = 7;

const limitOfAll = ({ whole }: Features): ModelWorkflow['parts'] => {
  if (whole === 'exceeded') return { timeout: WHOLE_SECONDS };
  return whole === 'within' ? { timeout: LONG_SECONDS } : {};
};

/** The name of the task that leads on: the subject, or the parallel task that it is a part of. */
const leading = ({ parallel }: Features): string => (parallel === 'none' ? 'subject' : 'group');

/** The subject with its transitions; a part of a parallel task has none of its own. */
function withNext(features: Features, subject: Task, names: CaseNames): AnyTask {
  const next = transitionsOf(features);
  if (features.parallel === 'none') return { ...subject, next };
  const { join, when, ...part } = subject;
  return {
    ...parallelTask('group', [part, siblingOf(features, names)], ...next),
    ...(join !== undefined && { join }),
    ...(when !== undefined && { when }),
  };
}

/** How the other part of a parallel task ends. */
function siblingOf({ parallel }: Features, names: CaseNames): Task {
  const name = 'sibling';
  if (parallel === 'with failure') return { name, action: 'core.noop', input: { exit_code: 1 } };
  if (parallel === 'with success') return quickTask(names, name);
  return { name, action: 'core.ask', input: { prompt: 'Late?' }, timeout: names.shortSeconds };
}

/** Something runs until the workflow is stopped. */
const hasBeside = ({ cancellation, whole }: Features): boolean => cancellation !== 'none' || whole === 'exceeded';

/** What else runs at a cancel: there is a program at least that the policy concerns. */
function besideTask(features: Features, names: CaseNames): Task {
  const name = 'beside';
  if (names.isExact && isHeld(features)) return { name, action: 'core.ask', input: { prompt: 'Continue?' } };
  if (names.isExact && stopsPrograms(features))
    return { name, action: 'core.sleep', input: { seconds: SLEEP_SECONDS } };
  return { name, action: names.program, input: programInput(names, name, 'gate0') };
}

/**
 * `before`, and with a join `second` between it and the subject. Then `before` has two items,
 * which a join counts once.
 */
function predecessors(features: Features, names: CaseNames): Task[] {
  const { join, branch } = features;
  const subject = leading(features);
  const isOff = branch === 'transition false';
  const toSubject: Transition = isOff && join === 'none' ? onFailure(subject) : onSuccess(subject);
  const early = { publish: [{ early: '{{ result().attempt }}' }] };
  const others = join === 'two' ? ['second'] : isOff ? ['always'] : [];
  const next = [
    { ...toSubject, ...early },
    { ...onSuccess(...others), ...early },
  ];
  const before = {
    ...quickTask(names, 'before'),
    next: others.length > 0 ? next : [{ ...toSubject, ...early }],
  };
  if (join === 'none') return [before];
  const { key } = names.ledgerInput('before');
  const each = {
    ...before,
    ...(!names.isExact && { input: { ...before.input, key: `${key}-{{ index }}` } }),
    with_items: '{{ parameters.both }}',
  };
  const second = quickTask(names, 'second');
  if (!isOff) return [each, { ...second, next: [onSuccess(subject)] }];
  return [each, { ...second, when: '{{ parameters.isOn }}', next: [onSuccess(subject), { do: ['always'] }] }];
}

function transitionsOf(features: Features): Transition[] {
  const { branch, result, failure } = features;
  const got = resultOf(features, resultName(features));
  return [
    { ...onSuccess('after'), ...(result === 'published' && { publish: [{ got }] }) },
    ...(failure === 'handled' ? [onFailure('rescue'), onTimeout('rescue')] : []),
    ...(branch === 'condition false' ? [{ do: ['always'] }] : []),
  ];
}

/** The result of the subject, after the task that leads on. */
const resultName = ({ parallel }: Features): string => (parallel === 'none' ? 'result()' : 'result().subject');

/** Expressions for the part of the subject's result that is exactly known. */
function resultOf(features: Features, of: string): Json {
  if (features.items === 'empty list') return `{{ ${of}.items }}`;
  if (features.items === 'none') return memberOf(features, of);
  return Array.from({ length: CHILD_COUNT }, (_, n) => memberOf(features, `${of}.items[${n}]`));
}

/** An output is one expression. Without a result of the subject it is left out. */
function outputOf({ work, items, result }: Features): Record<string, string> {
  if (result === 'published') return { got: '{{ workflow.got }}' };
  const of = items === 'list' ? `task.subject.items[${FAILING_INDEX}]` : 'task.subject';
  if (items === 'empty list') return { got: `{{ ${of}.items }}` };
  return { got: work === 'process' || work === 'workflow' ? `{{ ${of}.attempt }}` : `{{ ${of}.response.value }}` };
}

function memberOf({ work }: Features, of: string): Json {
  if (work === 'process') return { attempt: `{{ ${of}.attempt }}`, v: `{{ ${of}.params.v }}` };
  if (work === 'workflow') return { attempt: `{{ ${of}.attempt }}`, v: `{{ ${of}.v }}` };
  return `{{ ${of}.response.value }}`;
}

function successors(features: Features, names: CaseNames): Task[] {
  const { branch, failure, result } = features;
  const got = result === 'published' ? '{{ workflow.got }}' : resultOf(features, 'task.subject');
  const name = resultName(features);
  const failed = features.items === 'none' ? name : `${name}.items[${FAILING_INDEX}]`;
  const why = features.parallel === 'none' ? `${failed}.error` : `${failed}.error | default("none")`;
  return [
    quickTask(names, 'after', { got, early: '{{ vars.early }} of {{ parameters.v }}' }),
    ...(failure === 'handled' ? [quickTask(names, 'rescue', { why: `{{ ${why} }}` })] : []),
    ...(branch === 'taken' ? [] : [quickTask(names, 'always')]),
  ];
}
