import type { JsonObject } from '../../../../contract/json';
import type { Task } from '../../../../helpers/scenario/resources/workflow-task';
import { LONG_SECONDS, type CaseNames } from './case-names';
import type { Features } from './features';
import type { ModelWorkflow } from './model-case';

/** The number of children of a subject with a list, of elements or of batches. */
export const CHILD_COUNT = 3;
/** The child that fails where not all do. */
export const FAILING_INDEX = 1;
const BATCH_SIZE = 2;
/** Longer than the short limit by this, ms. */
const OVER_LIMIT_MS = 300;
/** How long items that run at the same time hold, so that one too many is seen, ms. */
const HOLD_MS = 60;

/** The last batch is short. */
export const listLength = ({ items, batches }: Features): number => {
  if (items !== 'list') return 0;
  return batches === 'none' ? CHILD_COUNT : CHILD_COUNT * BATCH_SIZE - 1;
};

interface Subject {
  readonly subject: Task;
  readonly called: Readonly<Record<string, ModelWorkflow>>;
  /** How the programs for an element of the list end. */
  ends(index: number): string | number;
}

/** The task that has the features, and the workflow that it calls. */
export function subjectOf(features: Features, names: CaseNames): Subject {
  const { work, items, batches, concurrency, retry, join, branch } = features;
  const isWorkflow = work === 'workflow';
  const subject: Task = {
    name: 'subject',
    ...(isWorkflow || work === 'process' ? workOf(features, names) : askOf(features, names)),
    ...(items !== 'none' && { with_items: '{{ parameters.items }}' }),
    ...(batches !== 'none' && { batch_size: BATCH_SIZE }),
    ...(concurrency === 'two' && { concurrency: 2 }),
    ...(retry !== 'none' && { retry: { count: retryCount(features), ...delaysOf(features, names) } }),
    ...keptByRetries(features, names),
    ...limitOf(features, names),
    ...(join === 'two' && { join: 2 }),
    ...(branch === 'condition false' && { when: '{{ parameters.isOn }}' }),
    ...(features.placement !== 'none' && { worker_selector: selectorOf(features, names) }),
  };
  const called = isWorkflow ? { [names.workflow('called')]: calledWorkflow(features, names) } : {};
  const failing = batches === 'none' ? FAILING_INDEX : FAILING_INDEX * BATCH_SIZE;
  const ends = (index: number) => endOf(features, names, isHeld(features) || index === failing);
  return { subject, called, ends };
}

/** The labels of the worker of the target, or those of none. */
const selectorOf = ({ placement }: Features, { worker }: CaseNames): JsonObject =>
  placement === 'met' ? worker : { worker: 'none' };

/** Two, unless each attempt takes as long as a limit. */
const retryCount = ({ work, retry, limit, whole }: Features): number =>
  retry === 'exhausted' && work !== 'expiry' && limit !== 'exceeded' && whole !== 'of called' ? 2 : 1;

/** What a retry keeps, where comparing it costs nothing. */
const keptByRetries = ({ work, retry }: Features, { isExact }: CaseNames): Partial<Task> =>
  isExact && work !== 'workflow' && retry !== 'none' ? { permission_set_refs: ['core.viewer', 'core.editor'] } : {};

/** A delay costs nothing where time is virtual. The second one is longer than the cap. */
const delaysOf = ({ items, branch }: Features, { isExact }: CaseNames): JsonObject => {
  if (!isExact) return {};
  const backoff = items === 'none' ? 'exponential' : branch === 'taken' ? 'linear' : 'constant';
  return { delay: 2, backoff, max_delay: 3.5 };
};

/** Something stops the workflow, or holds it. */
const isInterrupted = ({ cancellation, whole, pause }: Features): boolean =>
  cancellation !== 'none' || whole === 'exceeded' || pause !== 'none';

/** The subject is running, and not about to end, when the workflow is stopped or paused. */
export const isHeld = (features: Features): boolean => {
  const { work, limit, whole } = features;
  if (whole === 'of called' || !isInterrupted(features)) return false;
  return work === 'workflow' || (work === 'process' && limit !== 'exceeded');
};

/** What runs is stopped, whatever it is. */
export const stopsPrograms = ({ cancellation, whole }: Features): boolean =>
  cancellation === 'cancel_running' || whole === 'exceeded';

/** The program of a called workflow waits until the limit of the task that calls it has passed. */
const isPastLimit = ({ work, limit }: Features, { isExact }: CaseNames): boolean =>
  isExact && work === 'workflow' && limit === 'exceeded';

/** How the processes of the subject, or of its failing item, end at each attempt. */
function exitsOf(features: Features, names: CaseNames): string {
  const { work, retry, limit } = features;
  if (isPastLimit(features, names))
    return { 'second attempt': 'gate1 gate0', exhausted: 'gate1' }[retry as 'exhausted'] ?? 'gate0';
  if (work === 'process' && limit === 'exceeded') return retry === 'second attempt' ? 'never 0' : 'never';
  const last = isHeld(features) ? 'gate' : '';
  if (retry === 'second attempt') return `1 ${last}0`;
  return retry === 'exhausted' ? (isHeld(features) ? '1 gate1' : '1') : `${last}0`;
}

/** The task's limit. An inquiry expires by it or by the lifetime in its input, the earlier one. */
function limitOf({ limit }: Features, { shortSeconds }: CaseNames): Pick<Task, 'timeout'> {
  if (limit === 'none') return {};
  return { timeout: limit === 'exceeded' ? shortSeconds : LONG_SECONDS };
}

type Work = Pick<Task, 'action' | 'input'>;

/** Calls the workflow, or runs the program. */
function workOf(features: Features, names: CaseNames): Work {
  const { work, items, batches, concurrency } = features;
  const isList = items !== 'none';
  const element = batches === 'none' ? 'item' : 'item[0]';
  const end = isList ? `{{ ${element}.ends }}` : endOf(features, names, true);
  const v = isList ? (batches === 'none' ? '{{ item.value }}' : '{{ item }}') : '{{ parameters.v }}';
  const tag = isList ? '{{ index }}' : 'only';
  if (work === 'workflow') return { action: names.workflow('called'), input: { end, v, tag } };
  return programOf(features, names, { label: 'subject', end, v, tag, holdMs: concurrency === 'two' ? HOLD_MS : 0 });
}

/** What a program of the subject is given. `holdMs`: how long it runs at least. */
interface ProgramParts {
  readonly label: string;
  readonly end: string | number;
  readonly v: string;
  readonly tag: string;
  readonly holdMs: number;
}

/** A process only where a built-in action has no such end. */
function programOf(features: Features, names: CaseNames, { label, end, v, tag, holdMs }: ProgramParts): Work {
  if (isSleep(features, names)) return { action: 'core.sleep', input: { seconds: end } };
  if (isQuick(features, names))
    return { action: 'core.noop', input: { message: { params: { v }, attempt: 1 }, exit_code: end } };
  const { key, ledger } = names.ledgerInput(label);
  const input = { key: `${key}-${tag}`, ledger, exits: end, v, gate: names.gate };
  const group = { group: `${key}-`, n: 2 };
  return {
    action: names.program,
    input: { ...input, ...(holdMs > 0 && { hold_ms: holdMs }), ...(features.concurrency === 'two' && group) },
  };
}

const hasOneEnd = ({ retry }: Features): boolean => retry === 'none' || retry === 'unused';

/** Every program ends at once, and every attempt in the same way. */
const isQuick = (features: Features, { isExact }: CaseNames): boolean =>
  isExact &&
  !isHeld(features) &&
  features.concurrency === 'default' &&
  features.limit !== 'exceeded' &&
  features.whole !== 'of called' &&
  features.retry !== 'second attempt';

/** Those that do not end at once are stopped. */
const isSleep = (features: Features, { isExact }: CaseNames): boolean => {
  const { work, limit, retry, whole } = features;
  const isLimited = work === 'process' && limit === 'exceeded' && retry !== 'second attempt';
  const isStopped = isHeld(features) && stopsPrograms(features) && hasOneEnd(features);
  return isExact && (isLimited || whole === 'of called' || isStopped);
};

/** Longer than any limit: what sleeps so long is stopped. */
export const SLEEP_SECONDS = 3_600;

/** How a program ends, in the form of its action; `isDecisive`: that which has the features. */
function endOf(features: Features, names: CaseNames, isDecisive: boolean): string | number {
  if (isSleep(features, names)) return isDecisive ? SLEEP_SECONDS : 0;
  if (isQuick(features, names)) return isDecisive && features.retry === 'exhausted' ? 1 : 0;
  if (isDecisive) return exitsOf(features, names);
  return isPastLimit(features, names) ? 'gate0' : '0';
}

function askOf({ work, limit, items }: Features, { shortSeconds }: CaseNames): Work {
  const expires = work === 'expiry' || work === 'default response';
  const input = {
    prompt: items === 'none' ? 'Approve?' : 'Approve {{ index }}?',
    ...(expires && limit !== 'exceeded' && { timeout_seconds: shortSeconds }),
    ...(work === 'default response' && limit === 'exceeded' && { timeout_seconds: LONG_SECONDS }),
    ...(work === 'default response' && { default_response: { value: [0, ''] } }),
  };
  return { action: 'core.ask', input };
}

/** Runs one program; its own policy is the opposite of the one that applies. */
function calledWorkflow(features: Features, names: CaseNames): ModelWorkflow {
  const { concurrency, limit, cancellation, whole } = features;
  const isHeldPastLimit = limit === 'exceeded' && !names.isExact;
  const holdMs = isHeldPastLimit ? names.shortSeconds * 1_000 + OVER_LIMIT_MS : concurrency === 'two' ? HOLD_MS : 0;
  const [end, v, tag] = ['end', 'v', 'tag'].map((name) => `{{ parameters.${name} }}`) as [string, string, string];
  const inner: Task = { name: 'inner', ...programOf(features, names, { label: 'inner', end, v, tag, holdMs }) };
  return {
    tasks: [inner],
    parts: {
      output_map: { attempt: '{{ task.inner.attempt }}', v: '{{ task.inner.params.v }}' },
      ...(whole === 'of called' && { timeout: names.shortSeconds }),
      ...(cancellation !== 'none' && {
        cancellation_policy: cancellation === 'allow_finish' ? 'cancel_running' : 'allow_finish',
      }),
    },
  };
}
