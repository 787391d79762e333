import type { Logger } from 'pino';
import type { Json } from '../../../contract/json';
import { errorCode, errorMessage } from '../../base/error-details';
import { RedactionFault } from '../../redaction/redaction-fault';
import { Redactor } from '../../redaction/redactor';
import type { Attempt, AttemptLease, AttemptOutcome } from '../../store/lifecycle/attempt';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import type { WorkerAccess } from '../../workers/access/worker-access';
import type { WorkerContext } from '../worker-context';
import { runForExecution } from '../crash';
import { failedOutcome } from '../../outcomes/attempt-outcome';
import { retryUntilAvailable } from './retry-query';
import { SUSPENDED } from './stop-reasons';
import { runAttempt, type AttemptHooks } from './run-attempt';

export interface AttemptServices {
  readonly access: WorkerAccess;
  readonly workerContext: WorkerContext;
  readonly reportEnvironment: ReportEnvironment;
  readonly log: Logger;
  /** Aborts when the worker begins to stop. */
  readonly drainSignal: AbortSignal;
  /** Aborts when the worker stops waiting for the database. */
  readonly abandonSignal: AbortSignal;
}

/** Runs a claimed attempt and stores its outcome. Never rejects. */
export async function executeAttempt(attempt: Attempt, stop: AbortSignal, services: AttemptServices): Promise<void> {
  const { workerContext, log, drainSignal, abandonSignal } = services;
  let isReplyLost = false;
  const onLostReply = () => (isReplyLost = true);
  try {
    const hooks = createHooks(attempt, services, onLostReply);
    const outcome = await runForExecution(attempt.execution, () => runAttempt(attempt, workerContext, hooks, stop));
    if (outcome !== null) return await saveOutcome(attempt, outcome, services);
    if (stop.reason === SUSPENDED) return await suspend(attempt, services);
    // The lost reply may have been that of a committed start: without an outcome the execution
    // would
    // stay running. Storing one is rejected when the lease is lost.
    if (isReplyLost && !drainSignal.aborted)
      await saveOutcome(attempt, failedOutcome('the database connection was lost at the start'), services);
  } catch (error) {
    const err = describeFailure(error, attempt.secrets);
    log.error({ err, execution: attempt.execution }, 'could not run the attempt');
    if (!abandonSignal.aborted) await saveOutcome(attempt, failedOutcome(err.message), services);
  }
}

function createHooks(
  { execution, fencingToken }: AttemptLease,
  services: AttemptServices,
  onLostReply: () => void,
): AttemptHooks {
  const { access, reportEnvironment, log, abandonSignal } = services;
  return {
    fetchPack: () => retryUntilAvailable(() => access.fetchPack(fencingToken), log, abandonSignal),
    issueToken: () => retryUntilAvailable(() => access.issueExecutionToken(fencingToken), log, abandonSignal),
    beforeStart: (startedAtMs) =>
      retryUntilAvailable(() => access.markStarted(fencingToken, startedAtMs), log, abandonSignal, onLostReply),
    reportEnvironment,
    appendLog: (type, payload) =>
      access
        .appendAttemptLog(fencingToken, type, payload)
        .catch((error: unknown) => log.warn({ err: error, execution, type }, 'could not write the log entry')),
  };
}

/** Where this fails, the lease expires, and it is recovered as one of a lost worker. */
async function suspend({ execution, fencingToken }: AttemptLease, services: AttemptServices): Promise<void> {
  const { access, log, abandonSignal } = services;
  await retryUntilAvailable(() => access.suspendAttempt(fencingToken), log, abandonSignal).catch((error: unknown) =>
    log.warn({ err: error, execution }, 'could not suspend the execution'),
  );
}

/** An outcome that cannot be stored is replaced by a failure with the reason. */
async function saveOutcome(
  attempt: Attempt,
  outcome: AttemptOutcome,
  services: AttemptServices,
  isReplacement = false,
): Promise<void> {
  const { access, log, abandonSignal } = services;
  const { execution, fencingToken } = attempt;
  try {
    const isAccepted = await retryUntilAvailable(() => access.finishAttempt(fencingToken, outcome), log, abandonSignal);
    if (!isAccepted) log.warn({ execution, fencingToken, status: outcome.status }, 'LEASE_FENCED: outcome rejected');
  } catch (error) {
    const err = describeFailure(error, attempt.secrets);
    log.error({ err, execution, fencingToken }, 'could not store the outcome');
    if (isReplacement || abandonSignal.aborted) return;
    await saveOutcome(attempt, failedOutcome(`its result cannot be stored: ${err.message}`), services, true);
  }
}

interface FailureDescription {
  readonly message: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
}

/**
 * What may be logged and stored of an error: neither its other properties, which may contain
 * values of a statement or of a command, nor any of the secrets.
 */
function describeFailure(error: unknown, secrets: readonly Json[]): FailureDescription {
  const code = errorCode(error);
  try {
    const redactor = new Redactor(secrets);
    const stack = error instanceof Error && error.stack !== undefined ? redactor.redactText(error.stack) : undefined;
    return { message: redactor.redactText(errorMessage(error)), code, stack };
  } catch (fault) {
    if (!(fault instanceof RedactionFault)) throw fault;
    return { message: fault.message, code, stack: undefined };
  }
}
