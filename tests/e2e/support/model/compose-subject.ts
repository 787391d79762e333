import type { JsonObject } from '../../../../contract/json';
import type { Task } from '../../../../helpers/scenario/resources/workflow-task';
import { LONG_SECONDS, programInput, type CaseNames } from './case-names';
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
  /** How the processes for an element of the list end. */
  exits(index: number): string;
}

/** The task that has the features, and the workflow that it calls. */
export function subjectOf(features: Features, names: CaseNames): Subject {
  const { work, items, batches, concurrency, retry, join, branch } = features;
  const isWorkflow = work === 'workflow';
  const subject: Task = {
    name: 'subject',
    action: isWorkflow ? names.workflow('called') : work === 'process' ? names.program : 'core.ask',
    input: inputOf(features, names),
    ...(items !== 'none' && { with_items: '{{ parameters.items }}' }),
    ...(batches !== 'none' && { batch_size: BATCH_SIZE }),
    ...(concurrency === 'two' && { concurrency: 2 }),
    ...(retry !== 'none' && { retry: { count: retryCount(features) } }),
    ...limitOf(features, names),
    ...(join === 'two' && { join: 2 }),
    ...(branch === 'condition false' && { when: '{{ parameters.isOn }}' }),
  };
  const called = isWorkflow ? { [names.workflow('called')]: calledWorkflow(features, names) } : {};
  const failing = batches === 'none' ? FAILING_INDEX : FAILING_INDEX * BATCH_SIZE;
  const exits = (index: number) => (isHeld(features) || index === failing ? exitsOf(features) : '0');
  return { subject, called, exits };
}

/** Two, unless each attempt takes as long as a limit. */
const retryCount = ({ work, retry, limit }: Features): number =>
  retry === 'exhausted' && work !== 'expiry' && limit !== 'exceeded' ? 2 : 1;

/** The subject is running, and not about to end, when the workflow is cancelled. */
const isHeld = ({ work, limit, cancellation }: Features): boolean =>
  cancellation !== 'none' && (work === 'workflow' || (work === 'process' && limit !== 'exceeded'));

/** How the processes of the subject, or of its failing item, end at each attempt. */
function exitsOf(features: Features): string {
  const { work, retry, limit } = features;
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

function inputOf(features: Features, names: CaseNames): JsonObject {
  const { work, items, batches, concurrency } = features;
  if (work !== 'process' && work !== 'workflow') return inquiryInput(features, names);
  const isList = items !== 'none';
  const element = batches === 'none' ? 'item' : 'item[0]';
  const exits = isList ? `{{ ${element}.ends }}` : exitsOf(features);
  const v = isList ? (batches === 'none' ? '{{ item.value }}' : '{{ item }}') : '{{ parameters.v }}';
  if (work === 'workflow') return { exits, v, tag: isList ? '{{ index }}' : 'only' };
  const { key, ...input } = programInput(names, 'subject', exits, { v, gate: names.gate });
  return {
    ...input,
    key: isList ? `${key}-{{ index }}` : key,
    ...(concurrency === 'two' && { group: `${key}-`, n: 2, hold_ms: HOLD_MS }),
  };
}

function inquiryInput({ work, limit, items }: Features, { shortSeconds }: CaseNames): JsonObject {
  const expires = work === 'expiry' || work === 'default response';
  return {
    prompt: items === 'none' ? 'Approve?' : 'Approve {{ index }}?',
    ...(expires && limit !== 'exceeded' && { timeout_seconds: shortSeconds }),
    ...(work === 'default response' && limit === 'exceeded' && { timeout_seconds: LONG_SECONDS }),
    ...(work === 'default response' && { default_response: { value: [0, ''] } }),
  };
}

/** Runs one process; its own policy is the opposite of the one that applies. */
function calledWorkflow({ concurrency, limit, cancellation }: Features, names: CaseNames): ModelWorkflow {
  const { key, ledger } = names.ledgerInput('inner');
  const holdMs = limit === 'exceeded' ? names.shortSeconds * 1_000 + OVER_LIMIT_MS : HOLD_MS;
  const inner: Task = {
    name: 'inner',
    action: names.program,
    input: {
      key: `${key}-{{ parameters.tag }}`,
      ledger,
      exits: '{{ parameters.exits }}',
      v: '{{ parameters.v }}',
      gate: names.gate,
      ...((concurrency === 'two' || limit === 'exceeded') && { hold_ms: holdMs }),
      ...(concurrency === 'two' && { group: `${key}-`, n: 2 }),
    },
  };
  return {
    tasks: [inner],
    parts: {
      output_map: { attempt: '{{ task.inner.attempt }}', v: '{{ task.inner.params.v }}' },
      ...(cancellation !== 'none' && {
        cancellation_policy: cancellation === 'allow_finish' ? 'cancel_running' : 'allow_finish',
      }),
    },
  };
}
