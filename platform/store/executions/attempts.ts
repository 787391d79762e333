import { sql, type SqlBool } from 'kysely';
import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import { SYSTEM_LIMIT } from '../../base/limits';
import { secretOutputTaint, withSecretOutput } from '../../core/workflow/result-view';
import type { Attempt, AttemptLease, AttemptOutcome } from '../lifecycle/attempt';
import {
  createInquiryFromOutput,
  inquiryInOutput,
  suspendExecution,
  type SealedOutcome,
} from '../inquiries/blocking-inquiries';
import { loadAttemptDetails, type AttemptDetails } from './attempt-details';
import {
  asJson,
  limitsOf,
  servesExtensions,
  domainInstant,
  type Database,
  type Transaction,
} from '../database/connection';
import { invokedEntry, responseEntry } from '../lifecycle/attempt-entries';
import { boundOutcome } from '../lifecycle/bounded-result';
import { appendLog } from '../lifecycle/execution-log';
import { cancellation } from '../lifecycle/cancelled-result';
import { storableResult } from '../lifecycle/result-extensions';
import { settleLeasedItems } from '../queues/settle-items';
import { sealResult } from '../secrets/seal-state';
import { assignments, CHANGED, logged, parentNotified, statusesBefore, type Change } from '../lifecycle/transition-sql';

/**
 * Claims up to `maxCount` executions assigned to the worker, oldest first, each under a new lease
 * of `leaseMs`.
 */
export async function claimExecutions(
  db: Database,
  worker: number,
  maxCount: number,
  leaseMs: number,
): Promise<Attempt[]> {
  const claims = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<AttemptLease>`
      select execution, tenant, fencing_token as "fencingToken", attempt
      from claim_executions(${worker}, ${maxCount}, ${leaseMs})`.execute(transaction);
    return rows;
  });
  return loadAttempts(db, claims);
}

/** What is needed to run what these leases are for. */
export async function loadAttempts<L extends AttemptLease>(
  db: Database,
  claims: readonly L[],
): Promise<(Attempt & L)[]> {
  const details = await loadDetails(db, claims);
  const attempts = claims.flatMap((claim) => {
    const found = details.get(claim.execution);
    if (!found) return [];
    const { hasClock, ...attempt } = found;
    const limit = attempt.limit ?? SYSTEM_LIMIT;
    return [{ ...attempt, ...claim, limit: hasClock ? { ...limit, isOfClock: true } : limit }];
  });
  for (const attempt of attempts) if (attempt.limit.isOfClock) await recordLimit(db, attempt);
  return attempts;
}

/** The platform compares the limit with the clock of the tenant. */
const recordLimit = (db: Database, { tenant, execution, limit }: Pick<Attempt, 'tenant' | 'execution' | 'limit'>) =>
  db.inTenant(tenant, (transaction) =>
    sql`update execution set limit_seconds = ${limit.seconds} where id = ${execution}`.execute(transaction),
  );

/** By execution. */
async function loadDetails(db: Database, claims: readonly AttemptLease[]): Promise<Map<number, AttemptDetails>> {
  const tenants = [...new Set(claims.map(({ tenant }) => tenant))];
  const loaded = await Promise.all(
    tenants.map((tenant) => {
      const ids = claims.filter((claim) => claim.tenant === tenant).map(({ execution }) => execution);
      return db.readingInTenant(tenant, (transaction) => loadAttemptDetails(transaction, ids));
    }),
  );
  return new Map(loaded.flat().map((details) => [details.execution, details]));
}

/** The lease of an attempt, as a condition on `lease`. */
export const leaseOf = ({ execution, fencingToken }: AttemptLease) =>
  sql`resource = ${`execution:${execution}`} and fencing_token = ${fencingToken}`;

/** An execution's latest attempt, and whether a worker holds it. Null: no such execution. */
export async function findCurrentAttempt(
  transaction: Transaction,
  execution: number,
): Promise<{ status: Status; attempt: number; isLeased: boolean } | null> {
  const row = await transaction
    .selectFrom('execution')
    .select(['status', 'attempt'])
    .select(sql<boolean>`exists (select from lease where resource = ${`execution:${execution}`})`.as('isLeased'))
    .where('id', '=', execution)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Enters `running` under the lease: `transition` (lifecycle.ts), fenced, in one statement. False:
 * the execution was cancelled, or another worker holds it; the caller starts nothing. The same
 * call under the same lease returns the same.
 */
export const markStarted = (db: Database, held: AttemptLease, startedAtMs: number): Promise<boolean> =>
  db.statementInTenant(held.tenant, (transaction) => markStartedIn(transaction, held, startedAtMs));

/** The same in a transaction. */
export async function markStartedIn(
  transaction: Transaction,
  held: AttemptLease,
  startedAtMs: number,
): Promise<boolean> {
  const change: Change = {
    columns: { started_at: domainInstant(startedAtMs) },
    log: [invokedEntry(held.attempt)],
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
}

/**
 * Writes how an attempt ended and releases its lease. False: LEASE_FENCED, another worker holds
 * the execution, and nothing was written.
 */
export const finishAttempt = async (db: Database, held: AttemptLease, reported: AttemptOutcome): Promise<boolean> =>
  (isPlainEnd(reported) && (await endPlainly(db, held, reported))) ||
  db.inTenant(held.tenant, async (transaction) => {
    const { end, outcome } = await endAttempt(transaction, held, reported, true);
    if (end === 'suspends') await suspendExecution(transaction, held, outcome, responseEntry(outcome));
    return end !== 'unwritten';
  });

/**
 * An end that takes one statement, unless the execution suspends or has items of a work queue.
 */
const isPlainEnd = (reported: AttemptOutcome): boolean =>
  reported.status !== 'cancelled' && inquiryInOutput(reported) === null;

/**
 * False: nothing was written, as the execution suspends, has items of a work queue, or another
 * worker holds it.
 */
const endPlainly = (db: Database, held: AttemptLease, reported: AttemptOutcome): Promise<boolean> =>
  db.statementInTenant(held.tenant, async (transaction) => {
    const { end } = await endAttempt(transaction, held, reported, false);
    return end === 'ended';
  });

/** `maySuspend`: as for `endUnderLease`. Returns the outcome as it is stored, too. */
async function endAttempt(
  transaction: Transaction,
  held: AttemptLease,
  reported: AttemptOutcome,
  maySuspend: boolean,
): Promise<{ end: AttemptEnd; outcome: SealedOutcome }> {
  const bounded = boundOutcome(reported, limitsOf(transaction).resultBytes);
  const completed = await completeOutcome(transaction, held, bounded);
  const outcome = maySuspend ? await settleLeasedItems(transaction, held, completed) : completed;
  const { secretOutput: declared = null } = held;
  const result = withSecretOutput(outcome.result, declared);
  const row = { tenant: held.tenant, id: held.execution };
  const sealed = sealResult(transaction, row, result, secretOutputTaint(result, declared));
  const { status, stderrTail } = outcome;
  const stdoutTail = sealed.result_secrets === null ? outcome.stdoutTail : '';
  const change: Change = {
    result: sealed.result,
    timeoutLevel: outcome.timeoutLevel,
    finishedAtMs: outcome.finishedAt,
    columns: { result_secrets: sealed.result_secrets, stdout_tail: stdoutTail, stderr_tail: stderrTail },
    log: [responseEntry(outcome)],
  };
  const end = await endUnderLease(transaction, held, { to: status, change, logs: outcome.logs, maySuspend });
  return { end, outcome: { ...outcome, stdoutTail, result: sealed.result, resultSecrets: sealed.result_secrets } };
}

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

/** What the statement of an end has done; `unwritten`: nothing. */
type AttemptEnd = 'ended' | 'suspends' | 'unwritten';

interface EndUnderLease {
  readonly to: AttemptOutcome['status'];
  readonly change: Change;
  readonly logs: AttemptOutcome['logs'];
  /**
   * False: an execution that would suspend, or that has items of a work queue, keeps its lease:
   * `unwritten`, as of a lost lease.
   */
  readonly maySuspend: boolean;
}

/**
 * `transition` (lifecycle.ts), fenced, in one statement: the path of every attempt. It records the
 * logs, too. An execution that completes while its inquiry is open is left as it is, without its
 * lease: `suspends`.
 */
async function endUnderLease(
  transaction: Transaction,
  held: AttemptLease,
  { to, change, logs, maySuspend }: EndUnderLease,
): Promise<AttemptEnd> {
  const { rows } = await sql<{ suspends: boolean }>`
    with locked as materialized (
      select awaits is not null and status = 'running' and ${to === 'completed'} as suspends,
        queue_dispatch is not null as has_items
      from execution where id = ${held.execution} for update
    ), held as (
      delete from lease where ${leaseOf(held)} and (${maySuspend} or not (select suspends or has_items from locked))
      returning resource
    ), changed as (
      update execution set ${assignments(to, change)}
      where id = ${held.execution} and status = any(${statusesBefore(to)}::text[]) and exists (select from held)
        and not (select suspends from locked)
      returning ${CHANGED}
    )${logged(to, change)}
    select ended.*${logs.length > 0 ? recordedLogs(held, logs) : sql``} from (
      select false as suspends, ${parentNotified(to)} from changed c
      union all select suspends, null from locked where suspends and exists (select from held)
    ) ended`.execute(transaction);
  const [row] = rows;
  if (!row) return 'unwritten';
  return row.suspends ? 'suspends' : 'ended';
}

function recordedLogs({ execution, attempt }: AttemptLease, logs: AttemptOutcome['logs']) {
  const streams = asJson(logs.map(({ stream, bytes }) => ({ stream, bytes })));
  return sql`, record_logs(${execution}, ${attempt}, ${streams}::jsonb)`;
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

/** Appends an entry of the worker that holds the execution to its log, under its lease. */
export const appendAttemptLog = (
  db: Database,
  held: AttemptLease,
  worker: number,
  type: LogType,
  payload: JsonObject,
): Promise<void> =>
  db.inTenant(held.tenant, async (transaction) => {
    const row = await transaction
      .selectFrom('execution')
      .select('root')
      .where('id', '=', held.execution)
      .where(sql<SqlBool>`exists (select from lease where ${leaseOf(held)})`)
      .executeTakeFirst();
    if (row) await appendLog(transaction, [{ root: row.root, execution: held.execution, worker, type, payload }]);
  });
