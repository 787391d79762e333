import type { Manifest } from '../contract/capabilities';
import type { Settings } from './settings';

const seconds = (ms: number): number => ms / 1_000;

/** What this platform says it can do. A name stands here when its behaviour is built, not before. */
export const manifestOf = (settings: Settings, version: string, startedAt: string): Manifest => ({
  platform: {
    name: 'tuningfork',
    version,
    instance_id: settings.instance,
    started_at: startedAt,
    source: settings.source,
  },
  capabilities: {
    core: true,
    'executions.cancel': true,
    'executions.finished_at': true,
    'executions.intervals': true,
    'executions.log': true,
    'executions.recovery': { policy: settings.recovery, most: settings.maxRecoveries },
    'durations.fractional': true,
    'workflows.failure_branches': true,
    'workflows.join': true,
    'workflows.with_items': true,
    'workflows.retry': true,
    'workflows.retry_cap': true,
    'workflows.task_timeout': true,
    'templates.filters': true,
    'runtimes.python': true,
    'packs.environments': true,
    'runtimes.node': { version: process.versions.node },
    'processes.containment': { by: 'environment marker' },
    'logs.limit': { bytes: settings.logLimitBytes },
    'workers.pin': true,
    'workers.slots': {
      slots: settings.slots,
      kill_grace_seconds: seconds(settings.killGraceMs),
      heartbeat_seconds: seconds(settings.heartbeatMs),
      lease_seconds: seconds(settings.leaseMs),
    },
  },
});
