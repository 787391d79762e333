import { RETENTION_TARGETS, type UpdateRetentionConfig } from '../../../contract/records/retention';
import { DomainError } from '../../base/domain-error';
import { ADVISORY_LOCKS } from '../../store/database/advisory-locks';

const DAY_S = 86_400;
const MAX_INTERVAL_S = 30 * DAY_S;
/** Rows of one transaction: more would delay others. */
const MAX_BATCH = 100_000;
/** A hundred years. */
const MAX_AGE_S = 36_525 * DAY_S;

const OTHER_LOCKS = Object.values(ADVISORY_LOCKS).filter((key) => key !== ADVISORY_LOCKS.retention) as number[];

/** BAD_REQUEST for zero, any other value that no pass could use, and an unknown target. */
export function requireUsableSettings(body: UpdateRetentionConfig): void {
  requireWithin('check_interval_seconds', body.check_interval_seconds, MAX_INTERVAL_S);
  requireWithin('batch_size', body.batch_size, MAX_BATCH);
  requireWithin('advisory_lock_key', body.advisory_lock_key, Number.MAX_SAFE_INTEGER);
  if (body.advisory_lock_key !== undefined && OTHER_LOCKS.includes(body.advisory_lock_key))
    throw badSetting('advisory_lock_key', 'must not be the key of another lock of the platform');
  for (const [target, { max_age_seconds: age }] of Object.entries(body.targets ?? {})) {
    if (!RETENTION_TARGETS.some((known) => known === target))
      throw badSetting(`targets.${target}`, `is unknown: name ${RETENTION_TARGETS.join(', ')}`);
    requireWithin(`targets.${target}.max_age_seconds`, age, MAX_AGE_S);
  }
}

function requireWithin(path: string, value: number | null | undefined, maximum: number): void {
  if (typeof value === 'number' && (value < 1 || value > maximum))
    throw badSetting(path, `must be from 1 to ${maximum}`);
}

const badSetting = (path: string, text: string) => new DomainError('BAD_REQUEST', `${path} ${text}`, { path });
