import type { Faults } from '../../fault';

/** The audit log, histories of configuration, and retention. */
export const RECORD_FAULTS: Faults = {
  F1594: {
    promise: 'a dry run of retention removes nothing',
    file: 'executor/retention/retention-pass.ts',
    within: 'removeOfAllTenants',
    find: 'pass.settings.isDryRun ? countExpired : removeExpired',
    replace: 'removeExpired',
    claims: ['S0-56'],
  },
  F1595: {
    promise: 'retention removes no execution that runs',
    file: 'store/functions/retention/remove_expired_executions.sql',
    find: `array['completed', 'failed', 'cancelled', 'timeout', 'abandoned']`,
    replace: `array['completed', 'failed', 'cancelled', 'timeout', 'abandoned', 'running']`,
    claims: ['S0-56'],
  },
  F1911: {
    promise: 'retention compares the ages of rows with the clock of their tenant',
    file: 'store/functions/retention/retention_cutoff.sql',
    find: 'platform_now() - max_age_seconds',
    replace: 'liveness_now() - max_age_seconds',
    claims: ['S0-56'],
  },
  F1912: {
    promise: 'a row is kept as long as retention says',
    file: 'store/functions/retention/retention_cutoff.sql',
    find: "interval '1 s'",
    replace: "interval '0.999 s'",
    claims: ['S0-56'],
  },
  F1604: {
    promise: 'a denial names the grant that is missing',
    file: 'api/records/record-requests.ts',
    within: 'auditEventOf',
    find: 'status === 403',
    replace: 'status === 402',
    claims: ['S0-55'],
  },
  F1605: {
    promise: 'the application cannot remove rows of the audit log',
    file: 'store/schema/13-history.sql',
    find: 'grant select on audit_event',
    replace: 'grant select, delete on audit_event',
    claims: ['S0-55'],
  },
  F1609: {
    promise: 'the notification of a changed item has its earlier status',
    file: 'store/functions/notifications/notify_work_queue_item_change.sql',
    find: `'old_status', old.status`,
    replace: `'old_status', new.status`,
    claims: ['S0-53'],
  },
};
