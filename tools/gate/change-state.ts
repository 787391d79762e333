import { GateError } from './gate-error';
import type { HistoryEntry } from './history';
import { findCheck, isDay, type Check, type Policy } from './policy';
import { windowOf } from './window';

/** Who decided a promotion, and when. */
export interface PromotionRequest {
  readonly check: string;
  readonly approver: string | undefined;
  /** UTC, `YYYY-MM-DD`. */
  readonly today: string;
}

/**
 * The check as required, which also ends its quarantine; the same check if it is required already.
 * Throws GateError while its window is open, or without an approver.
 */
export function promote(policy: Policy, history: readonly HistoryEntry[], request: PromotionRequest): Check {
  const check = findCheck(policy, request.check);
  if (check.state === 'required') return check;
  const { green, needed, jobs } = windowOf(policy, check, history);
  if (green < needed) {
    const counts = Object.entries(jobs).map(([job, count]) => `${job} ${count}`);
    throw new GateError(
      'PROMOTION_WINDOW_OPEN',
      `${check.id} has ${green} of ${needed} consecutive green runs on ${policy.branch} (${counts.join(', ')})`,
    );
  }
  const approver = request.approver?.trim() ?? '';
  if (approver === '')
    throw new GateError('PROMOTION_NEEDS_APPROVER', `${check.id} is ready: name who approves it with --approver`);
  const promoted: Check = { ...check, state: 'required', promoted: { approver, on: request.today } };
  delete promoted.quarantine;
  return promoted;
}

/** Who answers for a quarantine, why, and until when. */
export interface QuarantineRequest {
  readonly check: string;
  readonly owner: string | undefined;
  readonly reason: string | undefined;
  readonly until: string | undefined;
  /** UTC, `YYYY-MM-DD`. */
  readonly today: string;
}

/** The check in quarantine. Throws GateError without an owner, a reason and a day to come. */
export function quarantine(policy: Policy, request: QuarantineRequest): Check {
  const check = findCheck(policy, request.check);
  const [owner, reason, until] = [request.owner, request.reason, request.until].map((text) => text?.trim() ?? '');
  if (owner === '' || owner === undefined)
    throw new GateError('QUARANTINE_NEEDS_OWNER', `name who answers for ${check.id} with --owner`);
  if (reason === '' || reason === undefined) throw invalid('give the cause with --reason');
  if (until === undefined || !isDay(until)) throw invalid(`--until ${until} is no day: use YYYY-MM-DD`);
  if (until < request.today) throw invalid(`--until ${until} is over: today is ${request.today}`);
  if (check.state === 'advisory') throw invalid(`${check.id} is advisory, and does not gate`);
  return { ...check, state: 'quarantined', quarantine: { owner, reason, until } };
}

const invalid = (message: string) => new GateError('QUARANTINE_INVALID', message);
