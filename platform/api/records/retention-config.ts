import { dataEnvelope } from '../../../contract/envelopes';
import { RETENTION_TARGETS, RetentionConfig, UpdateRetentionConfig } from '../../../contract/records/retention';
import { DomainError } from '../../base/domain-error';
import { ADVISORY_LOCKS } from '../../store/database/advisory-locks';
import { readRetentionConfig, updateRetentionConfig } from '../../store/records/retention-config';
import type { Api } from '../http/context';
import { route } from '../http/route';

const PATH = '/api/v1/retention-config';
const tags = ['retention'];
const response = { 200: dataEnvelope(RetentionConfig) };

/** How long rows are kept, on the whole platform: only the tenant `default` changes it. */
export function retentionConfigRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: PATH,
    grant: 'retention:read',
    grantFirst: true,
    schema: { tags, response },
    handle: async ({ transaction }) => ({ data: await readRetentionConfig(transaction) }),
  });

  route(api, {
    method: 'PUT',
    path: PATH,
    grant: 'retention:update',
    grantFirst: true,
    defaultTenantOnly: true,
    schema: { tags, body: UpdateRetentionConfig, response },
    validate: ({ body }) => requireUsableSettings(body),
    handle: async ({ transaction, body }) => {
      await updateRetentionConfig(transaction, body);
      return { data: await readRetentionConfig(transaction) };
    },
  });
}

const DAY_S = 86_400;
const MAX_INTERVAL_S = 30 * DAY_S;
/** Rows of one transaction: more would delay others. */
const MAX_BATCH = 100_000;
/** A hundred years. */
const MAX_AGE_S = 36_525 * DAY_S;

const OTHER_LOCKS = Object.values(ADVISORY_LOCKS).filter((key) => key !== ADVISORY_LOCKS.retention) as number[];

/** BAD_REQUEST for zero, any other value that no pass could use, and an unknown target. */
function requireUsableSettings(body: UpdateRetentionConfig): void {
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
