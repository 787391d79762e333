import type { Claim, ClaimResult } from '../../../contract/tenant-workers';
import type { Json, JsonObject } from '../../../contract/json';
import { livenessNow } from '../../base/clock';
import { DomainError, notFound } from '../../base/domain-error';
import { SYSTEM_LIMIT } from '../../base/limits';
import { attemptOutcome, connectionFailure, endedNow, failedOutcome } from '../../outcomes/attempt-outcome';
import { exitWithoutProcess } from '../../outcomes/program-exit';
import { RedactionFault } from '../../redaction/redaction-fault';
import { Redactor } from '../../redaction/redactor';
import type { Database } from '../../store/database/connection';
import { loadAttemptDetails } from '../../store/executions/attempt-details';
import { claimExecutions, finishAttempt, markStarted } from '../../store/executions/attempts';
import {
  findAddressed,
  listLeases,
  listOverdueClaims,
  type AddressedExecution,
} from '../../store/executions/addressed';
import type { Attempt, AttemptOutcome } from '../../store/lifecycle/attempt';
import type { Agent } from '../../store/workers/tenant-workers';

/**
 * Claims up to `maxCount` executions of an agent's worker and starts them, as a worker of the
 * platform does. What cannot be started ends, and is left out.
 */
export async function claimForAgent(db: Database, { id, tenant, leaseMs }: Agent, maxCount: number): Promise<Claim[]> {
  const attempts = await claimExecutions(db, id, maxCount, leaseMs);
  const started: Attempt[] = [];
  for (const attempt of attempts) if (await startClaim(db, attempt)) started.push(attempt);
  const deadlines = await db.readingInTenant(tenant, (transaction) =>
    listLeases(
      transaction,
      started.map(({ execution }) => execution),
    ),
  );
  return started.flatMap((attempt) => {
    const lease = deadlines.get(attempt.execution);
    return lease?.fencingToken === attempt.fencingToken ? [toClaim(attempt, lease.expiresAt)] : [];
  });
}

async function startClaim(db: Database, attempt: Attempt): Promise<boolean> {
  const failure = claimFailure(attempt);
  if (failure === null) return markStarted(db, attempt, livenessNow());
  await finishAttempt(db, attempt, failure);
  return false;
}

/** The outcome of an attempt that cannot be given to an agent; null where it can. */
export function claimFailure({ problem, missingConnection }: Attempt): AttemptOutcome | null {
  if (missingConnection !== null) return connectionFailure(missingConnection);
  return problem === null ? null : failedOutcome(problem);
}

export const toClaim = (attempt: Attempt, deadline: string): Claim => ({
  execution_id: attempt.execution,
  attempt: attempt.attempt,
  fencing_token: attempt.fencingToken,
  deadline,
  action: attempt.actionRef,
  parameters: attempt.parameters,
  timeout_seconds: attempt.limit.seconds,
});

/**
 * Ends those of an agent's claims that have run for too long, and returns their executions: a
 * claim lasts beyond its lease only where it is renewed.
 */
export async function endOverdueClaims(
  db: Database,
  { id, tenant }: Agent,
  fencingTokens: readonly number[],
): Promise<number[]> {
  const { overdue, details } = await db.readingInTenant(tenant, async (transaction) => {
    const overdue = await listOverdueClaims(transaction, id, fencingTokens);
    const executions = overdue.map(({ execution }) => execution);
    return { overdue, details: overdue.length === 0 ? [] : await loadAttemptDetails(transaction, executions) };
  });
  for (const { startedAt, ...claim } of overdue) {
    const limit = details.find(({ execution }) => execution === claim.execution)?.limit ?? SYSTEM_LIMIT;
    const exit = exitWithoutProcess({ cause: 'timeout', startedAt, finishedAt: livenessNow() });
    await finishAttempt(db, { ...claim, tenant }, attemptOutcome({ limit, outputFormat: 'text' }, exit, null));
  }
  return overdue.map(({ execution }) => execution);
}

/**
 * Stores what an agent sends for an execution of its worker. Throws NOT_FOUND; LEASE_FENCED where
 * the claim is not the current one.
 */
export async function answerClaim(
  db: Database,
  { id, tenant }: Agent,
  execution: number,
  sent: ClaimResult,
): Promise<void> {
  const { addressed, details } = await db.readingInTenant(tenant, async (transaction) => ({
    addressed: await findAddressed(transaction, id, execution),
    details: (await loadAttemptDetails(transaction, [execution]))[0],
  }));
  if (!addressed || !details) throw notFound(`Claim of execution ${execution}`);
  requireCancellation(addressed, sent);
  const { attempt } = addressed;
  const held = {
    execution,
    tenant,
    attempt,
    fencingToken: sent.fencing_token,
    secretOutput: details.secretOutput ?? null,
  };
  // The answer to a delivery may arrive before the agent's acceptance of it.
  if (addressed.status === 'scheduled') await markStarted(db, held, livenessNow());
  const outcome = details.problem === null ? outcomeOf(sent, details.secrets) : failedOutcome(details.problem);
  if (await finishAttempt(db, held, outcome)) return;
  const leases = await db.readingInTenant(tenant, (transaction) => listLeases(transaction, [execution]));
  throw fenced(sent.fencing_token, leases.get(execution)?.fencingToken ?? null);
}

/** Only what is being cancelled ends so. */
function requireCancellation({ status }: AddressedExecution, sent: ClaimResult): void {
  if (sent.status !== 'cancelled' || status === 'canceling') return;
  throw new DomainError('CONFLICT', `The execution was not cancelled: it is ${status}`, {
    path: '/status',
    hint: 'send completed or failed',
  });
}

const fenced = (yours: number, current: number | null) =>
  new DomainError('LEASE_FENCED', `The claim is over: yours ${yours}, current ${String(current)}`, {
    path: '/fencing_token',
    hint: 'drop the result; claim again',
    yours,
    current,
  });

function outcomeOf({ status, output, error }: ClaimResult, secrets: readonly Json[]): AttemptOutcome {
  return agentOutcome(status, secrets, () => ({
    succeeded: status === 'completed',
    ...(status === 'cancelled' && { cancelled: true }),
    ...(output !== undefined && { data: output }),
    ...(status !== 'completed' && { error: error ?? DEFAULT_ERRORS[status] }),
  }));
}

/** Secrets are masked as in the output of a program of the platform. */
export function agentOutcome(
  status: AttemptOutcome['status'],
  secrets: readonly Json[],
  describe: (redactor: Redactor) => JsonObject,
): AttemptOutcome {
  try {
    const redactor = new Redactor(secrets);
    const redacted = redactor.redactValue(describe(redactor));
    return endedNow(status, redactor.hasMasked ? { ...redacted, redacted: true } : redacted);
  } catch (fault) {
    if (!(fault instanceof RedactionFault)) throw fault;
    return failedOutcome(fault.message);
  }
}

const DEFAULT_ERRORS = {
  failed: 'The external worker gave no reason',
  cancelled: 'Execution cancelled by user',
} as const;
