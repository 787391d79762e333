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
    'executions.idempotency_key': true,
    'events.causation': true,
    'sensors.custom': { backoff_seconds: seconds(settings.sensorBackoffMs) },
    'durations.fractional': true,
    'notify.executions': { port: settings.notifierPort },
    'notify.inquiries': true,
    'notify.enforcements': true,
    'notify.rule_state': true,
    'notify.scoping': true,
    'notify.api_port': { path: '/ws' },
    'notifier.backpressure': { bytes: 1_048_576, seconds: 10, code: 4_408 },
    'inquiries.ask': true,
    'inquiries.expiry': true,
    'inquiries.default_response': true,
    'inquiries.response_schema': true,
    'inquiries.from_actions': true,
    'keys.from_actions': true,
    'keys.encryption': true,
    'keys.ttl': true,
    'keys.compare_and_set': true,
    'secrets.stdin': true,
    'secrets.redaction': true,
    'storage.row_binding': true,
    rbac: true,
    ...(settings.loginTries > 0 && { 'auth.throttle': { tries_per_minute: settings.loginTries } }),
    ...(settings.refreshRotation && { 'auth.refresh_rotation': true }),
    tenants: true,
    'workflows.failure_branches': true,
    'workflows.join': true,
    'workflows.with_items': true,
    'workflows.retry': true,
    'workflows.retry_cap': true,
    'workflows.task_timeout': true,
    'workflows.retry_jitter': true,
    'executions.timeout': true,
    'workflows.keystore': true,
    'rules.keystore': true,
    'templates.filters': true,
    'timers.interval': true,
    'timers.cron': true,
    'timers.date': true,
    'timers.timezone': true,
    'timers.preview': true,
    'webhooks.security_api': true,
    'runtimes.python': true,
    'packs.environments': true,
    'runners.http': true,
    'egress.guard': true,
    'runtimes.node': { version: process.versions.node },
    'logs.limit': { bytes: settings.logLimitBytes },
    'workers.slots': {
      slots: settings.slots,
      kill_grace_seconds: seconds(settings.killGraceMs),
      heartbeat_seconds: seconds(settings.heartbeatMs),
      lease_seconds: seconds(settings.leaseMs),
    },
  },
});

export interface WorkerPresent {
  readonly name: string;
  /** `cgroup`, or `environment marker`, as it found on its host. */
  readonly containment: string | null;
}

/** The manifest with what only the workers know: how they contain processes (the weakest counts), and how to choose one. */
export function withWorkers(manifest: Manifest, workers: readonly WorkerPresent[]): Manifest {
  if (workers.length === 0) return manifest;
  const by = workers.every(({ containment }) => containment === 'cgroup') ? 'cgroup' : 'environment marker';
  return {
    ...manifest,
    capabilities: {
      ...manifest.capabilities,
      'processes.containment': { by },
      'workers.pin': { label: 'worker', values: workers.map(({ name }) => name) },
    },
  };
}
