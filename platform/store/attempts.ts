import { sql, type SqlBool } from 'kysely';
import type { LogType } from '../../contract/executions';
import type { JsonObject } from '../../contract/json';
import { taintOf } from '../core/template/taint';
import { taintOfSchema } from '../core/workflow/secrets';
import { ringAdvance } from '../queue/ring';
import type { Attempt, Claim, Outcome, TimeoutLevel } from '../worker/attempt';
import { askFromOutput, goOnWaiting } from './asking';
import { confide } from './attempt-secrets';
import { asJson, atMs, now, type Database, type Transaction } from './database';
import { append } from './log';
import { stoppedResult } from './stopped';
import { sealResult } from './tainted-values';

/**
 * Takes up to `most` executions assigned to the worker, oldest first, each under a new lease of `leaseMs`, with all that
 * is needed to run them. `limitSeconds` holds where nobody gave a limit.
 */
export async function claim(
  db: Database,
  worker: number,
  most: number,
  { leaseMs, limitSeconds }: { leaseMs: number; limitSeconds: number },
): Promise<Attempt[]> {
  const claims = await db.alone(async (transaction) => {
    const { rows } = await sql<Claim>`
      select execution, tenant, fencing_token as "fencingToken", attempt
      from claim_executions(${worker}, ${most}, ${leaseMs})`.execute(transaction);
    return rows;
  });
  const tenants = [...new Set(claims.map(({ tenant }) => tenant))];
  const loaded = await Promise.all(
    tenants.map((tenant) =>
      load(
        db,
        tenant,
        claims.filter((held) => held.tenant === tenant),
        limitSeconds,
      ),
    ),
  );
  return loaded.flat();
}

const load = (db: Database, tenant: number, claims: readonly Claim[], limitSeconds: number): Promise<Attempt[]> =>
  db.inTenant(tenant, async (transaction) => {
    const rows = await transaction
      .selectFrom('execution as e')
      .leftJoin('action as a', 'a.id', 'e.action')
      .leftJoin('pack as p', 'p.id', 'a.pack')
      .leftJoin('execution as w', (join) =>
        join.onRef('w.id', '=', 'e.parent').on('e.workflow_execution', 'is not', null),
      )
      .select(['e.tenant', 'e.action', 'a.pack', 'e.secret_values', 'e.executor', 'e.permission_set_refs'])
      .select('w.action_ref as workflow_ref')
      .select(['e.id', 'e.root', 'e.action_ref', 'e.config', 'e.env_vars', 'e.rule_ref', 'e.trigger_ref'])
      .select(['e.timeout_seconds', 'e.timeout_level', 'a.timeout_seconds as action_timeout'])
      .select(['a.pack_ref', 'a.entrypoint', 'a.runtime_ref', 'a.runtime_version_constraint', 'a.is_adhoc'])
      .select(['a.parameter_delivery', 'a.parameter_format', 'a.output_format', 'a.param_schema', 'p.storage'])
      .select('a.out_schema')
      .where(sql<SqlBool>`e.id = any(${claims.map(({ execution }) => execution)}::bigint[])`)
      .execute();
    const confided = await confide(transaction, rows);
    return rows.map((row, index) => ({
      ...confided[index]!,
      ...claims.find(({ execution }) => execution === row.id)!,
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
      envVars: texts(row.env_vars ?? {}),
      rule: row.rule_ref,
      trigger: row.trigger_ref,
      limit: smallestLimit(row, limitSeconds),
      secretOutput: taintOfSchema(row.out_schema),
    }));
  });

const texts = (values: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : asJson(value)]),
  );

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

const entry = (type: LogType, payload: JsonObject) => ({ type, payload });

/**
 * Enters `running` under the lease. False: it was cancelled, or is somebody else's by now; start nothing. Asked again
 * under the same lease, it answers the same.
 */
export const markStarted = (db: Database, held: Claim, startedAtMs: number): Promise<boolean> =>
  db.inTenant(held.tenant, async (transaction) => {
    const invoked = entry('AGENT_INVOKED', { attempt: held.attempt });
    const { rows } = await sql`
      with held as (
        select from lease where resource = ${`execution:${held.execution}`} and fencing_token = ${held.fencingToken}
        for share
      ), started as (
        update execution set status = 'running', started_at = ${atMs(startedAtMs)}, updated = ${now}
        where id = ${held.execution} and status = 'scheduled' and exists (select from held)
        returning id, root, worker, workflow_execution
      ), logged as (
        insert into execution_event (root, execution, worker, type, payload)
        select s.root, s.id, s.worker, x.entry->>'type', x.entry->'payload'
        from started s, json_array_elements(${JSON.stringify([entry('EXECUTION_STARTED', {}), invoked])}::json)
        with ordinality x(entry, position)
        where s.workflow_execution is null or x.entry->>'type' = 'AGENT_INVOKED'
        order by x.position
      )
      select from started
      union all
      select from execution where id = ${held.execution} and status = 'running' and exists (select from held)`.execute(
      transaction,
    );
    return rows.length > 0;
  });

const ENDED: Record<Outcome['status'], LogType> = {
  completed: 'EXECUTION_COMPLETED',
  failed: 'EXECUTION_FAILED',
  cancelled: 'EXECUTION_CANCELLED',
};

interface EndedRow {
  readonly parent: number | null;
  readonly workflow_execution: number | null;
  /** It left a question, and runs on without us. */
  readonly waits: boolean;
}

/** Writes how an attempt ended and gives the lease back. False: LEASE_FENCED, another holds it, nothing was written. */
export const finish = (db: Database, held: Claim, told: Outcome): Promise<boolean> =>
  db.inTenant(held.tenant, async (transaction) => {
    const outcome =
      told.status === 'cancelled'
        ? await withReason(transaction, held, told)
        : await askFromOutput(transaction, held, told);
    const taint = taintOf([['data', held.secretOutput ?? null]]);
    const sealed = sealResult(transaction, { tenant: held.tenant, id: held.execution }, outcome.result, taint);
    const entries = [entry('AGENT_RESPONSE', responseOf(outcome)), entry(ENDED[outcome.status], {})];
    const { rows } = await sql<EndedRow>`
      with locked as materialized (
        select parent, workflow_execution,
          awaits is not null and status = 'running' and ${outcome.status === 'completed'} as waits
        from execution where id = ${held.execution} for update
      ), held as (
        delete from lease where resource = ${`execution:${held.execution}`} and fencing_token = ${held.fencingToken}
        returning resource
      ), ended as (
        update execution set status = ${outcome.status}, result = ${sealed.result}, result_secrets = ${sealed.result_secrets},
          timeout_level = ${outcome.timeoutLevel},
          timed_out = ${outcome.timeoutLevel !== null && outcome.status !== 'cancelled'},
          stdout_tail = ${outcome.stdoutTail}, stderr_tail = ${outcome.stderrTail},
          finished_at = ${atMs(outcome.finishedAt)}, updated = ${now}
        where id = ${held.execution} and status in ('scheduled', 'running', 'canceling') and exists (select from held)
          and not (select waits from locked)
        returning id, root, worker, parent, workflow_execution
      ), logged as (
        insert into execution_event (root, execution, worker, type, payload)
        select e.root, e.id, e.worker, x.entry->>'type', x.entry->'payload'
        from ended e, json_array_elements(${JSON.stringify(entries)}::json) with ordinality x(entry, position)
        where e.workflow_execution is null or x.entry->>'type' = 'AGENT_RESPONSE'
        order by x.position
      )
      select parent, workflow_execution, false as waits from ended
      union all select parent, workflow_execution, waits from locked where waits and exists (select from held)`.execute(
      transaction,
    );
    const [row] = rows;
    if (!row) return false;
    if (row.waits) await goOnWaiting(transaction, held, { ...outcome, result: sealed.shown }, responseOf(outcome));
    else if (row.workflow_execution !== null && row.parent !== null)
      await ringAdvance(transaction, held.tenant, row.parent);
    return true;
  });

/** Who stopped it is not the worker's to know: a user, or the limit of a workflow above it. */
async function withReason(transaction: Transaction, { execution }: Claim, outcome: Outcome): Promise<Outcome> {
  const row = await transaction
    .selectFrom('execution')
    .select('stopped_after')
    .where('id', '=', execution)
    .executeTakeFirst();
  const stoppedAfter = row?.stopped_after ?? null;
  if (stoppedAfter === null) return outcome;
  return { ...outcome, result: stoppedResult(outcome.result, stoppedAfter), timeoutLevel: 'workflow' };
}

function responseOf({ status, result }: Outcome): JsonObject {
  const { exit_code, error } = result;
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
