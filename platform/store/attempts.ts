import { sql } from 'kysely';
import type { LogType } from '../../contract/executions';
import { isObject, type JsonObject } from '../../contract/json';
import type { Status } from '../../contract/status';
import { withDefaults } from '../core/workflow/parameters';
import { ringAdvance } from '../queue/ring';
import type { Attempt, Claim, Outcome, TimeoutLevel } from '../worker/attempt';
import { asJson, atMs, now, type Database, type Transaction } from './database';
import { append, type NewEntry } from './log';

/** Takes up to `most` executions assigned to the worker, oldest first, each under a new lease of `leaseMs`. */
export const claim = (db: Database, worker: number, most: number, leaseMs: number): Promise<Claim[]> =>
  db.inNone(async (transaction) => {
    const { rows } = await sql<Claim>`
      select execution, tenant, fencing_token as "fencingToken", attempt
      from claim_executions(${worker}, ${most}, ${leaseMs})`.execute(transaction);
    return rows;
  });

/** All that is needed to run a claimed execution. `defaults.limitSeconds` holds where nobody gave a limit. */
export const loadAttempt = (db: Database, held: Claim, defaults: { limitSeconds: number }): Promise<Attempt> =>
  db.inTenant(held.tenant, async (transaction) => {
    const row = await transaction
      .selectFrom('execution as e')
      .leftJoin('action as a', 'a.id', 'e.action')
      .leftJoin('pack as p', 'p.id', 'a.pack')
      .select(['e.root', 'e.action_ref', 'e.config', 'e.env_vars', 'e.rule_ref', 'e.trigger_ref'])
      .select(['e.timeout_seconds', 'e.timeout_level', 'a.timeout_seconds as action_timeout'])
      .select(['a.pack_ref', 'a.entrypoint', 'a.runtime_ref', 'a.runtime_version_constraint', 'a.is_adhoc'])
      .select(['a.parameter_delivery', 'a.parameter_format', 'a.output_format', 'a.param_schema', 'p.storage'])
      .where('e.id', '=', held.execution)
      .executeTakeFirstOrThrow();
    return {
      ...held,
      root: row.root,
      actionRef: row.action_ref,
      packRef: row.pack_ref ?? row.action_ref.split('.')[0]!,
      packDirectory: row.storage,
      entrypoint: row.entrypoint ?? '',
      runtime: row.runtime_ref?.split('.').at(-1) ?? null,
      runtimeVersionConstraint: row.runtime_version_constraint,
      isAdhoc: row.is_adhoc ?? false,
      delivery: row.parameter_delivery ?? 'stdin',
      parameterFormat: row.parameter_format ?? 'json',
      outputFormat: row.output_format ?? 'text',
      parameters: withDefaults(row.param_schema, row.config),
      envVars: texts(row.env_vars ?? {}),
      rule: row.rule_ref,
      trigger: row.trigger_ref,
      limit: smallestLimit(row, defaults.limitSeconds),
    };
  });

const texts = (values: JsonObject): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

interface Limits {
  readonly timeout_seconds: number | null;
  readonly timeout_level: string | null;
  readonly action_timeout: number | null;
}

function smallestLimit(row: Limits, otherwise: number): Attempt['limit'] {
  const given: { seconds: number; level: TimeoutLevel }[] = [];
  if (row.timeout_seconds) {
    given.push({ seconds: row.timeout_seconds, level: row.timeout_level === 'request' ? 'request' : 'task' });
  }
  if (row.action_timeout) given.push({ seconds: row.action_timeout, level: 'action' });
  return given.sort((a, b) => a.seconds - b.seconds)[0] ?? { seconds: otherwise, level: 'system' };
}

/** Enters `running` under the lease. False: it was cancelled, or is somebody else's by now; start nothing. */
export const markStarted = (db: Database, held: Claim, startedAtMs: number): Promise<boolean> =>
  db.inTenant(held.tenant, async (transaction) => {
    const started = await transaction
      .updateTable('execution')
      .set({ status: 'running', started_at: atMs(startedAtMs), updated: now })
      .where('id', '=', held.execution)
      .where('status', '=', 'scheduled')
      .where(isHeld(held))
      .returning(['root', 'worker', 'workflow_execution'])
      .executeTakeFirst();
    if (!started) return false;
    const entry = entryOf(held, started);
    await append(transaction, [
      ...(started.workflow_execution === null ? [entry('EXECUTION_STARTED', {})] : []),
      entry('AGENT_INVOKED', { attempt: held.attempt }),
    ]);
    return true;
  });

const isHeld = (held: Claim) => sql<boolean>`exists (
  select from lease where resource = ${`execution:${held.execution}`} and fencing_token = ${held.fencingToken} for share)`;

const entryOf =
  (held: Claim, row: { root: number; worker: number | null }) =>
  (type: LogType, payload: JsonObject): NewEntry => ({
    root: row.root,
    execution: held.execution,
    worker: row.worker,
    type,
    payload,
  });

const ENDED: Partial<Record<Status, LogType>> = {
  completed: 'EXECUTION_COMPLETED',
  failed: 'EXECUTION_FAILED',
  cancelled: 'EXECUTION_CANCELLED',
};

/** Writes how an attempt ended and gives the lease back. False: LEASE_FENCED, another holds it, nothing was written. */
export const finish = (db: Database, held: Claim, outcome: Outcome): Promise<boolean> =>
  db.inTenant(held.tenant, async (transaction) => {
    const lease = await transaction
      .deleteFrom('lease')
      .where('resource', '=', `execution:${held.execution}`)
      .where('fencing_token', '=', held.fencingToken)
      .executeTakeFirst();
    if (lease.numDeletedRows !== 1n) return false;
    const row = await writeEnd(transaction, held, outcome);
    if (!row) return false;
    const entry = entryOf(held, row);
    await append(transaction, [
      entry('AGENT_RESPONSE', responseOf(outcome)),
      ...(row.workflow_execution === null ? [entry(ENDED[outcome.status]!, {})] : []),
    ]);
    if (row.workflow_execution !== null && row.parent !== null) await ringAdvance(transaction, held.tenant, row.parent);
    return true;
  });

const writeEnd = (transaction: Transaction, held: Claim, outcome: Outcome) =>
  transaction
    .updateTable('execution')
    .set({
      status: outcome.status,
      result: asJson(outcome.result),
      timeout_level: outcome.timeoutLevel,
      timed_out: outcome.timeoutLevel !== null,
      stdout_tail: outcome.stdoutTail,
      stderr_tail: outcome.stderrTail,
      finished_at: atMs(outcome.finishedAt),
      updated: now,
    })
    .where('id', '=', held.execution)
    .where('status', 'in', ['scheduled', 'running', 'canceling'])
    .returning(['root', 'worker', 'parent', 'workflow_execution'])
    .executeTakeFirst();

function responseOf({ status, result }: Outcome): JsonObject {
  const { exit_code, error } = isObject(result) ? result : {};
  return { status, ...(exit_code === undefined ? {} : { exit_code }), ...(error === undefined ? {} : { error }) };
}

/** An entry of the execution's log by the worker that holds it. */
export const note = (db: Database, held: Claim, worker: number, type: LogType, payload: JsonObject): Promise<void> =>
  db.inTenant(held.tenant, async (transaction) => {
    const { root } = await transaction
      .selectFrom('execution')
      .select('root')
      .where('id', '=', held.execution)
      .executeTakeFirstOrThrow();
    await append(transaction, [{ root, execution: held.execution, worker, type, payload }]);
  });
