import { pino } from 'pino';
import type { UpdateRetentionConfig } from '../../../contract/records/retention';
import { runRetentionPass } from '../../../platform/executor/retention/retention-pass';
import { readRetentionConfig, updateRetentionConfig } from '../../../platform/store/records/retention-config';
import type { TestDatabase } from '../database/with-database';

const log = pino({ enabled: false });
const AUDIT_SECONDS = 90 * 86_400;

interface PassOptions {
  /** Of all kinds of rows; the audit log is kept for 90 days at least. Null: no limit. */
  readonly maxAgeSeconds: number | null;
  readonly maxCount?: number;
  readonly settings?: UpdateRetentionConfig;
}

/** Changes the settings, and runs the pass that is then due. Returns what it recorded. */
export async function runPass(
  { db }: Pick<TestDatabase, 'db'>,
  { maxAgeSeconds, maxCount = 0, settings = {} }: PassOptions,
) {
  const { targets } = await db.inTenant(1, readRetentionConfig);
  const ageOf = (target: string) =>
    target === 'audit_events' && maxAgeSeconds !== null ? Math.max(maxAgeSeconds, AUDIT_SECONDS) : maxAgeSeconds;
  const ages = Object.fromEntries(Object.keys(targets).map((name) => [name, { max_age_seconds: ageOf(name) }]));
  await db.inTenant(1, (transaction) =>
    updateRetentionConfig(transaction, { ...settings, targets: { ...ages, ...settings.targets } }),
  );
  await runRetentionPass(db, { retentionCount: maxCount }, new AbortController().signal, log);
  return (await db.inTenant(1, readRetentionConfig)).last_pass;
}
