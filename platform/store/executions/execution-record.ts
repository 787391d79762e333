import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { isTerminal } from '../../../contract/status';
import { DomainError, requireFound } from '../../base/domain-error';
import { initialState } from '../../core/workflow/step';
import type { ExecutionRecord, ProcessedEnd, RecordedStep } from '../../core/workflow/replay/record';
import { servesExtensions, type Transaction } from '../database/connection';
import type { ExecutionRow } from '../lifecycle/execution-rows';
import { findExecutionRow } from './executions';
import { findTakenOver } from './reruns';

/** Bytes of the parameters and results of all steps: a replay has them in memory. */
const MAX_RECORD_BYTES = 64 * 1_024 * 1_024;

/**
 * A finished execution of a workflow and its steps as they are stored, with their secrets sealed.
 * Throws NOT_FOUND, EXECUTION_HAS_NO_STEPS, REPLAY_NEEDS_FINISHED, REPLAY_TOO_LARGE.
 */
export async function loadExecutionRecord(transaction: Transaction, id: number): Promise<ExecutionRecord> {
  const row = requireFound(await findExecutionRow(transaction, id), `Execution ${id}`);
  const run = await findRun(transaction, id);
  if (run === null) throw hasNoSteps(id, 'to replay');
  requireOwnEnd(row);
  return readRecord(transaction, row, run);
}

/** The record of an execution that has ended, in whatever way. Throws REPLAY_TOO_LARGE. */
export async function readRecord(
  transaction: Transaction,
  row: ExecutionRow,
  run: RecordedRun,
): Promise<ExecutionRecord> {
  await requireRecordSize(transaction, run.id);
  const { id, status, result, config: parameters, variables } = row;
  const takenOver = row.rerun_of === null ? undefined : await findTakenOver(transaction, id);
  return {
    status,
    result,
    parameters,
    variables,
    startedAt: run.startedAt,
    config: run.config,
    steps: await listSteps(transaction, run.id),
    processed: await listProcessedEnds(transaction, id),
    ...(takenOver && { takenOver: takenOver.taken_over }),
    isStopped: !hasOwnEnd(row),
  };
}

interface RecordedRun {
  readonly id: number;
  readonly startedAt: number;
  readonly config: JsonObject;
}

async function findRun(transaction: Transaction, execution: number): Promise<RecordedRun | null> {
  const row = await transaction
    .selectFrom('workflow_execution')
    .select(['id', sql<number | null>`state->'startedAt'`.as('startedAt')])
    .select(sql<JsonObject | null>`state->'config'`.as('config'))
    .where('execution', '=', execution)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { startedAt, config } = initialState();
  return { id: row.id, startedAt: row.startedAt ?? startedAt, config: row.config ?? config };
}

/** `purpose`: what the steps are needed for. */
export const hasNoSteps = (id: number, purpose: string) =>
  new DomainError('EXECUTION_HAS_NO_STEPS', `Execution ${id} runs an action, which has no steps ${purpose}`, {
    path: '/id',
    hint: 'give the execution of a workflow',
  });

/** It ended by itself: neither was it stopped, nor did its limit pass. */
const hasOwnEnd = ({ status, timeout_level: limit }: ExecutionRow): boolean =>
  (status === 'completed' || status === 'failed') && limit === null;

/** Of a workflow that was stopped, it is not recorded what its steps would have done. */
function requireOwnEnd(row: ExecutionRow): void {
  if (hasOwnEnd(row)) return;
  const { id, status, timeout_level: limit } = row;
  const state = isTerminal(status)
    ? `was stopped: it is ${limit === null ? status : 'over its time limit'}`
    : `is ${status}`;
  throw new DomainError(
    'REPLAY_NEEDS_FINISHED',
    `Execution ${id} ${state}; only one that ended by itself is replayed`,
    {
      path: '/id',
      hint: 'give an execution that completed or failed',
      status,
    },
  );
}

const stepsOf = (run: number) => sql`from execution where workflow_execution = ${run}`;

async function requireRecordSize(transaction: Transaction, run: number): Promise<void> {
  const { rows } = await sql<{ bytes: number }>`
    select coalesce(sum(coalesce(octet_length(config::text), 0) + coalesce(octet_length(result::text), 0)), 0)::bigint as bytes
    ${stepsOf(run)}`.execute(transaction);
  const { bytes } = rows[0]!;
  if (bytes <= MAX_RECORD_BYTES) return;
  throw new DomainError('REPLAY_TOO_LARGE', `The record of its steps has ${bytes} bytes`, {
    path: '/id',
    hint: `give an execution with at most ${MAX_RECORD_BYTES} bytes of parameters and results`,
  });
}

/** A step that could not be dispatched has no action, no parameters and no start. */
async function listSteps(transaction: Transaction, run: number): Promise<RecordedStep[]> {
  const { rows } = await sql<RecordedStep>`
    select id, task_name as task, task_index as index, task_round as round, retry_count as retry, action_ref as action, config as parameters,
      status, timed_out and status = 'failed' and ${servesExtensions(transaction)} as "isOverLimit", result,
      status = 'failed' and action is null and config is null and started_at is null as undispatched
    ${stepsOf(run)} order by finished_at, id`.execute(transaction);
  return rows;
}

/** The entries with which a workflow logs that it processed the end of a step. */
async function listProcessedEnds(transaction: Transaction, execution: number): Promise<ProcessedEnd[]> {
  const { rows } = await sql<ProcessedEnd>`
    select payload->>'task' as task, (payload->>'index')::int as index,
      coalesce((payload->>'round')::int, 1) as round from execution_event
    where execution = ${execution} and type in ('STEP_COMPLETED', 'STEP_FAILED', 'STEP_CANCELLED', 'STEP_RETRIED')
    order by seq`.execute(transaction);
  return rows;
}
