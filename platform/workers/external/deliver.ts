import { StringDecoder } from 'node:string_decoder';
import type { Logger } from 'pino';
import { livenessNow } from '../../base/clock';
import { nextDeliveryStep, type DeliveryStep } from '../../core/worker/push-delivery';
import type { EgressGuard } from '../../egress/egress-guard';
import { storableText } from '../../outcomes/captured-output';
import type { Redactor } from '../../redaction/redactor';
import type { Database } from '../../store/database/connection';
import { finishAttempt } from '../../store/executions/attempts';
import { acceptDelivery, postponeDelivery, type PushDelivery } from '../../store/executions/push-deliveries';
import type { Attempt } from '../../store/lifecycle/attempt';
import { renewHeartbeat } from '../../store/workers/workers';
import { agentOutcome, claimFailure, toClaim } from './external-claims';
import { sendPush, type BodyStart, type PushResponse } from './push-request';

/** Of one request; half a lease where that is shorter: a failure ends before its lease. */
const MAX_REQUEST_MS = 10_000;
/** Of the body of a refusal, which explains it; masked. */
const MAX_SHOWN_BYTES = 2_000;

export interface DeliveryOptions {
  readonly guard: EgressGuard;
  /** After so long without success a delivery is not repeated, ms. */
  readonly pickUpMs: number;
  readonly stop: AbortSignal;
}

/**
 * Hands over one execution to its agent. Afterwards it is running, waits for the next delivery, or
 * has failed. Where this process ends before, the lease ends and it is delivered again.
 */
export async function deliver(
  db: Database,
  delivery: Attempt & PushDelivery,
  { guard, pickUpMs, stop }: DeliveryOptions,
  log: Logger,
): Promise<void> {
  const { execution, worker, url, signingKey, deadline, leaseMs } = delivery;
  const failure = claimFailure(delivery);
  if (failure !== null) {
    await finishAttempt(db, delivery, failure);
    return;
  }
  const timeoutMs = Math.min(MAX_REQUEST_MS, leaseMs / 2);
  const request = { url, claim: toClaim(delivery, deadline), signingKey, timeoutMs };
  const response = await sendPush(request, guard, stop);
  const step = nextDeliveryStep(response, { ...delivery, limitMs: pickUpMs });
  if (step.is === 'accepted') return accept(db, delivery);
  const reason = response.status ?? response.problem;
  log.warn({ execution, worker, reason, ...step }, 'an agent did not accept an execution');
  if (step.is === 'retry') return postponeDelivery(db, delivery, step.delayMs);
  await finishAttempt(db, delivery, refusedOutcome(delivery, response, step));
}

/** It is a heartbeat, in a transaction of its own: verbs lock the worker before executions. */
async function accept(db: Database, delivery: PushDelivery): Promise<void> {
  const { tenant, worker, leaseMs } = delivery;
  await db.inTenant(tenant, (transaction) => acceptDelivery(transaction, delivery, livenessNow()));
  await db.inTenant(tenant, (transaction) => renewHeartbeat(transaction, worker, [], leaseMs));
}

/** The agent may repeat what it was sent: secrets are masked as in its output. */
const refusedOutcome = (
  { worker, secrets }: Attempt & PushDelivery,
  response: PushResponse,
  { code }: Extract<DeliveryStep, { is: 'failed' }>,
) =>
  agentOutcome('failed', secrets, (redactor) => {
    const body = shownBody(response.body, redactor);
    const reason = response.status === null ? response.problem : `${response.status} ${body}`.trim();
    const error = `${code}: the agent of worker ${worker} did not accept the execution: ${reason}`;
    return { succeeded: false, code, error };
  });

/** Masked before it is cut: what is left of a secret could not be found. */
function shownBody({ bytes, isWhole }: BodyStart, redactor: Redactor): string {
  const filter = redactor.createFilter();
  const masked = [filter.push(bytes), ...(isWhole ? [filter.end()] : [])];
  const shown = Buffer.concat(masked).subarray(0, MAX_SHOWN_BYTES);
  return storableText(Buffer.from(new StringDecoder('utf8').write(shown))).trim();
}
