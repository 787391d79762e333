import { sql, type SqlBool } from 'kysely';
import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { taintFromMembers } from '../../core/secrets/taint';
import { schemaTaint } from '../../core/secrets/schema-taint';
import type { Attempt, AttemptLease, AttemptOutcome, TimeoutLevel } from '../lifecycle/attempt';
import { createInquiryFromOutput, suspendExecution } from '../inquiries/blocking-inquiries';
import { resolveAttemptSecrets } from './attempt-secrets';
import {
  asJson,
  limitsOf,
  servesExtensions,
  timestampFromMs,
  type Database,
  type Transaction,
} from '../database/connection';
import { boundOutcome } from '../lifecycle/bounded-result';
import { appendLog } from '../lifecycle/execution-log';
import { cancellation } from '../lifecycle/cancelled-result';
import { storableResult } from '../lifecycle/result-extensions';
import { sealResult } from '../secrets/seal-state';
import {
  assignments,
  CHANGED,
  logged,
  parentNotified,
  statusesBefore,
  type Change,
  type TransitionEntry,
} from '../lifecycle/transition-sql';

/**
 * Claims up to `maxCount` executions assigned to the worker, oldest first, each under a new lease
 * of `leaseMs`. `limitSeconds` applies where no limit was given.
 */
export async function claimExecutions(
  db: Database,
  worker: number,
  maxCount: number,
  { leaseMs, limitSeconds }: { leaseMs: number; limitSeconds: number },
): Promise<Attempt[]> {
  const claims = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<AttemptLease>`
      select execution, tenant, fencing_token as "fencingToken", attempt
      from claim_executions(${worker}, ${maxCount}, ${leaseMs})`.execute(transaction);
    return rows;
  });
  const tenants = [...new Set(claims.map(({ tenant }) => tenant))];
  const loaded = await Promise.all(
    tenants.map((tenant) =>
      loadAttempts(
        db,
        tenant,
        claims.filter((held) => held.tenant === tenant),
        limitSeconds,
      ),
    ),
  );
  return loaded.flat();
}

const loadAttempts = (
  db: Database,
  tenant: number,
  claims: readonly AttemptLease[],
  limitSeconds: number,
): Promise<Attempt[]> =>
  db.inTenant(tenant, async (transaction) => {
    const rows = await transaction
      .selectFrom('execution as e')
      .leftJoin('action as a', 'a.id', 'e.action')
      .leftJoin('pack as p', 'p.id', 'a.pack')
      .leftJoin('execution as w', (join) =>
        join.onRef('w.id', '=', 'e.parent').on('e.workflow_execution', 'is not', null),
      )
      .select(['e.tenant', 'e.action', 'a.pack', 'e.secret_values', 'e.executor', 'e.permission_set_refs'])
      .select('e.permission_limit')
      .leftJoin('action as wa', 'wa.id', 'w.action')
      .select(['w.action_ref as workflow_ref', 'wa.pack_ref as workflow_pack_ref'])
      .select(['e.id', 'e.root', 'e.action_ref', 'e.config', 'e.env_vars', 'e.rule_ref', 'e.trigger_ref'])
      .select(['e.timeout_seconds', 'e.timeout_level', 'a.timeout_seconds as action_timeout'])
      .select(['a.pack_ref', 'a.entrypoint', 'a.runtime_ref', 'a.runtime_version_constraint', 'a.is_adhoc'])
      .select(['a.parameter_delivery', 'a.parameter_format', 'a.output_format', 'a.param_schema', 'p.storage'])
      .select(['a.out_schema', 'p.network'])
      .where(sql<SqlBool>`e.id = any(${claims.map(({ execution }) => execution)}::bigint[])`)
      .execute();
    const attemptSecrets = await resolveAttemptSecrets(transaction, rows);
    return rows.map((row, index) => ({
      ...attemptSecrets[index]!,
      ...claims.find(({ execution }) => execution === row.id)!,
      root: row.root,
      actionRef: row.action_ref,
      packRef: row.pack_ref ?? row.action_ref.split('.')[0]!,
      packDirectory: row.storage,
      network: row.network ?? 'full',
      entrypoint: row.entrypoint ?? '',
      runtime: row.runtime_ref?.split('.').at(-1) ?? null,
      runtimeVersionConstraint: row.runtime_version_constraint,
      isAdhoc: row.is_adhoc ?? false,
      delivery: row.parameter_delivery ?? 'stdin',
      parameterFormat: row.parameter_format ?? 'json',
      outputFormat: row.output_format ?? 'text',
      envVars: toTexts(row.env_vars ?? {}),
      rule: row.rule_ref,
      trigger: row.trigger_ref,
      limit: smallestLimit(servesExtensions(transaction) ? row : { ...row, action_timeout: null }, limitSeconds),
      secretOutput: schemaTaint(row.out_schema),
    }));
  });

const toTexts = (values: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : asJson(value)]),
  );

interface Limits {
  readonly timeout_seconds: number | null;
  readonly timeout_level: string | null;
  readonly action_timeout: number | null;
}

function smallestLimit(row: Limits, defaultSeconds: number): Attempt['limit'] {
  const limits: { seconds: number; level: TimeoutLevel }[] = [];
  if (row.timeout_seconds) {
    limits.push({ seconds: row.timeout_seconds, level: row.timeout_level === 'request' ? 'request' : 'task' });
  }
  if (row.action_timeout) limits.push({ seconds: row.action_timeout, level: 'action' });
  return limits.sort((a, b) => a.seconds - b.seconds)[0] ?? { seconds: defaultSeconds, level: 'system' };
}

/** The lease of an attempt, as a condition on `lease`. */
const leaseOf = ({ execution, fencingToken }: AttemptLease) =>
  sql`resource = ${`execution:${execution}`} and fencing_token = ${fencingToken}`;

/**
 * Enters `running` under the lease: `transition` (lifecycle.ts), fenced, in one statement. False:
 * the execution was cancelled, or another worker holds it; the caller starts nothing. The same
 * call under the same lease returns the same.
 */
export const markStarted = (db: Database, held: AttemptLease, startedAtMs: number): Promise<boolean> =>
  db.inTenant(held.tenant, async (transaction) => {
    const change: Change = {
      columns: { started_at: timestampFromMs(startedAtMs) },
      log: [{ type: 'AGENT_INVOKED', payload: { attempt: held.attempt } }],
    };
    const { rows } = await sql`
      with held as (
        select from lease where ${leaseOf(held)} for share
      ), changed as (
        update execution set ${assignments('running', change)}
        where id = ${held.execution} and status = any(${statusesBefore('running')}::text[]) and exists (select from held)
        returning ${CHANGED}
      )${logged('running', change)}
      select from changed
      union all
      select from execution where id = ${held.execution} and status = 'running' and exists (select from held)`.execute(
      transaction,
    );
    return rows.length > 0;
  });

/**
 * Writes how an attempt ended and releases its lease. False: LEASE_FENCED, another worker holds
 * the execution, and nothing was written.
 */
export const finishAttempt = (db: Database, held: AttemptLease, reported: AttemptOutcome): Promise<boolean> =>
  db.inTenant(held.tenant, async (transaction) => {
    const bounded = boundOutcome(reported, limitsOf(transaction).resultBytes);
    const outcome = await completeOutcome(transaction, held, bounded);
    const taint = taintFromMembers([['data', held.secretOutput ?? null]]);
    const sealed = sealResult(transaction, { tenant: held.tenant, id: held.execution }, outcome.result, taint);
    const response: TransitionEntry = { type: 'AGENT_RESPONSE', payload: toAgentResponse(outcome) };
    const { status, stdoutTail, stderrTail } = outcome;
    const end = await endUnderLease(transaction, held, status, {
      result: sealed.result,
      timeoutLevel: outcome.timeoutLevel,
      finishedAtMs: outcome.finishedAt,
      columns: { result_secrets: sealed.result_secrets, stdout_tail: stdoutTail, stderr_tail: stderrTail },
      log: [response],
    });
    if (end === 'suspends') await suspendExecution(transaction, held, { ...outcome, result: sealed.result }, response);
    return end !== 'fenced';
  });

/** The outcome with what the worker does not know; without extensions, the contract's part. */
async function completeOutcome(
  transaction: Transaction,
  held: AttemptLease,
  reported: AttemptOutcome,
): Promise<AttemptOutcome> {
  if (!servesExtensions(transaction)) {
    return { ...reported, timeoutLevel: null, result: storableResult(transaction, reported.result) };
  }
  return reported.status === 'cancelled'
    ? withCancelReason(transaction, held, reported)
    : createInquiryFromOutput(transaction, held, reported);
}

/**
 * `transition` (lifecycle.ts), fenced, in one statement: the path of every attempt. An execution
 * that completes while its inquiry is open is left as it is, without its lease: `suspends`.
 */
async function endUnderLease(
  transaction: Transaction,
  held: AttemptLease,
  to: AttemptOutcome['status'],
  change: Change,
): Promise<'ended' | 'suspends' | 'fenced'> {
  const { rows } = await sql<{ suspends: boolean }>`
    with locked as materialized (
      select awaits is not null and status = 'running' and ${to === 'completed'} as suspends
      from execution where id = ${held.execution} for update
    ), held as (
      delete from lease where ${leaseOf(held)} returning resource
    ), changed as (
      update execution set ${assignments(to, change)}
      where id = ${held.execution} and status = any(${statusesBefore(to)}::text[]) and exists (select from held)
        and not (select suspends from locked)
      returning ${CHANGED}
    )${logged(to, change)}
    select false as suspends, ${parentNotified(to)} from changed c
    union all select suspends, null from locked where suspends and exists (select from held)`.execute(transaction);
  const [row] = rows;
  if (!row) return 'fenced';
  return row.suspends ? 'suspends' : 'ended';
}

/**
 * The worker does not know what cancelled the execution: a user, or the limit of a workflow above
 * it.
 */
async function withCancelReason(
  transaction: Transaction,
  { execution }: AttemptLease,
  outcome: AttemptOutcome,
): Promise<AttemptOutcome> {
  const row = await transaction
    .selectFrom('execution')
    .select('stopped_after')
    .where('id', '=', execution)
    .executeTakeFirst();
  const stoppedAfter = row?.stopped_after ?? null;
  if (stoppedAfter === null) return outcome;
  return { ...outcome, ...cancellation(outcome.result, stoppedAfter) };
}

function toAgentResponse({ status, result }: AttemptOutcome): JsonObject {
  const { exit_code, error } = result;
  return { status, ...(exit_code === undefined ? {} : { exit_code }), ...(error === undefined ? {} : { error }) };
}

/** Appends an entry of the worker that holds the execution to its log. */
export const appendAttemptLog = (
  db: Database,
  held: AttemptLease,
  worker: number,
  type: LogType,
  payload: JsonObject,
): Promise<void> =>
  db.inTenant(held.tenant, async (transaction) => {
    const { root } = await transaction
      .selectFrom('execution')
      .select('root')
      .where('id', '=', held.execution)
      .executeTakeFirstOrThrow();
    await appendLog(transaction, [{ root, execution: held.execution, worker, type, payload }]);
  });
