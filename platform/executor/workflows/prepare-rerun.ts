import type { Json } from '../../../contract/json';
import { didYouMean } from '../../../contract/text/closest-match';
import { DomainError } from '../../base/domain-error';
import { connectionRef, connectionsIn, mapConnections, NO_KEY } from '../../core/secrets/connections';
import { parsePointer } from '../../core/secrets/json-pointer';
import { definitionReferences } from '../../core/workflow/connection-references';
import { actionRefsIn } from '../../core/workflow/definition-taint';
import type { WorkflowDefinition } from '../../core/workflow/definition';
import { graphOf } from '../../core/workflow/graph';
import { loadStored } from '../../core/workflow/load/load-stored';
import { compare } from '../../core/workflow/replay/compare';
import { keystorePlaceholders } from '../../core/workflow/replay/placeholders';
import { Replay } from '../../core/workflow/replay/replay';
import type { RecordedStep } from '../../core/workflow/replay/record';
import { planRerun, rejectedTask } from '../../core/workflow/plan-rerun';
import { endsTaint } from '../../core/workflow/state-taint';
import type { TakenOverTask, TaskEnd } from '../../core/workflow/types';
import { limitsOf, type Transaction } from '../../store/database/connection';
import type { EndedRun } from '../../store/executions/ended-run';
import type { NewRerun } from '../../store/executions/reruns';
import { parameterSchemasOf } from '../../store/packs/action-schemas';
import { findDefinitionKeys } from '../../store/secrets/connected-keys';
import { runReplay } from './run-replay';
import { loadWorkflowKeystore } from './workflow-keystore';

/** Ids of the keys among these refs that a caller may read. */
export type ReadableKeys = (refs: readonly string[]) => Promise<ReadonlySet<number>>;

/**
 * What an ended execution gives a new one that runs its workflow again from the task `from`: it is
 * replayed with its recorded results, and nothing is dispatched. Throws RERUN_TASK_UNKNOWN,
 * RERUN_TASK_NOT_REACHED, RERUN_STATE_UNKNOWN, REPLAY_TOO_LARGE.
 */
export async function prepareRerun(
  transaction: Transaction,
  ended: EndedRun,
  from: string,
  readableKeys: ReadableKeys,
): Promise<NewRerun> {
  const { execution, definition: document, savedWithSets, savedBy } = ended;
  const definition = loadStored(document, execution.action_ref);
  if (definition === null) throw taskNotReached(execution.id, from);
  requireTask(definition, from);
  const keys = await findDefinitionKeys(transaction, ended.packRef, definitionReferences(definition, null));
  const { replay, ends } = await replayEnded(transaction, ended, definition, keys);
  requireSameState(ended, replay, from);
  const plan = planRerun(replay.context, ends, from);
  if ('rejection' in plan) {
    throw plan.rejection === 'task-not-reached'
      ? taskNotReached(execution.id, from)
      : stateUnknown(execution.id, from, 'its last round does not follow from what ended before');
  }
  return {
    of: { execution: execution.id, task: from },
    definition: document,
    savedWithSets,
    savedBy,
    takenOver: await withReadableKeys(plan.takenOver, new Set(keys.values()), readableKeys),
  };
}

/** Before the replay, which takes longer. */
function requireTask(definition: WorkflowDefinition, from: string): void {
  const rejection = rejectedTask(definition, from);
  if (rejection === null) return;
  if (rejection === 'task-unknown') {
    const intended = didYouMean(from, definition.tasks.keys());
    throw unknownTask(
      `The workflow has no task '${from}'${intended}`,
      'give a task of the workflow as the execution ran it',
    );
  }
  const group = graphOf(definition).parentOf.get(from)!;
  throw unknownTask(
    `Task '${from}' is a part of the parallel task '${group}'`,
    `give '${group}': its tasks run again together`,
  );
}

const unknownTask = (message: string, hint: string) =>
  new DomainError('RERUN_TASK_UNKNOWN', message, { path: '/from', hint });

export const taskNotReached = (execution: number, from: string) =>
  new DomainError('RERUN_TASK_NOT_REACHED', `Execution ${execution} never started task '${from}'`, {
    path: '/from',
    hint: 'give a task that it started',
  });

const stateUnknown = (execution: number, from: string, reason: string) =>
  new DomainError(
    'RERUN_STATE_UNKNOWN',
    `The state of execution ${execution} before task '${from}' cannot be computed from its record: ${reason}`,
    { path: '/from', hint: 'run the workflow from its start' },
  );

interface Replayed {
  readonly replay: Replay;
  readonly ends: readonly TakenOverTask[];
}

/** Replays the execution with its secrets in clear. */
async function replayEnded(
  transaction: Transaction,
  { execution, packRef, state, record, secretResults, takenOver, definition: document }: EndedRun,
  definition: WorkflowDefinition,
  connections: ReadonlyMap<string, number>,
): Promise<Replayed> {
  const keystore = await loadWorkflowKeystore(transaction, packRef, definition);
  const actionSchemas = await parameterSchemasOf(transaction, actionRefsIn(document));
  const { parameters, config, secrets } = state;
  const own: TaskEnd[] = [];
  const replay = new Replay(
    { definition, paramSchema: null, outSchema: null, actionSchemas },
    record,
    limitsOf(transaction).workflowRounds,
    {
      keystore: { ...keystorePlaceholders(definition), ...keystore },
      connections,
      start: { type: 'started', parameters, config, secrets, ...(takenOver && { takenOver }) },
      resultOf: ({ id, status, result }) => ({ status, ...(secretResults.get(id) ?? { result, secrets: null }) }),
      onTaskEnd: (end) => void own.push(end),
      hasPlaceholders: false,
    },
  );
  await runReplay(replay, execution.id);
  const executionsOf = lastAttempts(record.steps);
  const ends = own.map((end) => ({ ...end, executions: executionsOf(end) }));
  return { replay, ends: [...(takenOver ?? []), ...ends] };
}

/** Of a round of a task, the last attempt of each item in order of index. */
function lastAttempts(steps: readonly RecordedStep[]): (end: TaskEnd) => number[] {
  const rounds = new Map<string, Map<number, RecordedStep>>();
  for (const one of steps) {
    const round = `${one.round} ${one.task}`;
    const items = rounds.get(round) ?? new Map<number, RecordedStep>();
    const index = one.index ?? 0;
    if ((items.get(index)?.retry ?? -1) < one.retry) items.set(index, one);
    rounds.set(round, items);
  }
  return ({ task, round }) =>
    [...(rounds.get(`${round} ${task}`) ?? [])].sort(([a], [b]) => a - b).map(([, { id }]) => id);
}

/**
 * A replay that differs from the record has not got its state: a key that decided has changed, or
 * rows are gone. Of a workflow that was stopped, the state at its stop is not the last one.
 */
function requireSameState({ execution, state, record }: EndedRun, replay: Replay, from: string): void {
  const { divergence } = replay.outcome();
  if (divergence !== null && divergence.kind !== 'result') {
    const step = divergence.task === null ? 'its end' : `task '${divergence.task}'`;
    throw stateUnknown(execution.id, from, `${step} differs (${divergence.kind})`);
  }
  if (record.isStopped === true) return;
  const { difference } = compare(state.variables, replay.context.state.variables, null);
  if (difference === null) return;
  throw stateUnknown(execution.id, from, `the variable at ${difference.pointer} has another value`);
}

/**
 * References to keys stay where the definition made them, or where the caller may read the key:
 * those of the earlier caller are not passed on.
 */
async function withReadableKeys(
  ends: readonly TakenOverTask[],
  ofDefinition: ReadonlySet<number>,
  readableKeys: ReadableKeys,
): Promise<readonly TakenOverTask[]> {
  const pointers = Object.keys(connectionsIn(endsTaint(ends)));
  if (pointers.length === 0) return ends;
  const refs = pointers.flatMap((pointer) => connectionRef(valueAt(ends as unknown as Json, pointer)) ?? []);
  const readable = await readableKeys([...new Set(refs)]);
  const keyOf = (id: number): number => (ofDefinition.has(id) || readable.has(id) ? id : NO_KEY);
  return ends.map((end) => ({
    ...end,
    outcome: { ...end.outcome, secrets: mapConnections(end.outcome.secrets, keyOf) },
    published: end.published.map((each) => ({ ...each, taint: mapConnections(each.taint, keyOf) })),
  }));
}

const valueAt = (document: Json, pointer: string): Json | undefined =>
  parsePointer(pointer).reduce<Json | undefined>(
    (node, key) => (node === undefined || node === null ? undefined : (node as Record<string, Json>)[key]),
    document,
  );
