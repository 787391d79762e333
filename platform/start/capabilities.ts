import type { CapabilityManifest } from '../../contract/capabilities';
import { SIGNATURE_SCHEMES } from '../../contract/webhook-signatures';
import { CLOSE_CODES } from '../../contract/notifications';
import { containsAddress, parseAddressList } from '../base/http/address-list';
import { MAX_BUFFERED_BYTES, MAX_SEND_DELAY_MS } from '../notifier/backpressure';
import type { Role } from '../../contract/capabilities';
import type { Settings } from '../base/settings/settings';
import { PROTOCOL } from '../workers/rpc/standalone-protocol';
import type { IsolationMode } from '../worker/isolation/confinement-spec';

const seconds = (ms: number): number => ms / 1_000;

/** The capabilities of this platform. A name is added together with its behaviour. */
export const buildManifest = (
  settings: Settings & { readonly isolationMode: IsolationMode | null },
  version: string,
  startedAt: string,
): CapabilityManifest => ({
  platform: {
    name: 'tuningfork',
    version,
    instance_id: settings.instance,
    started_at: startedAt,
    source: settings.source,
  },
  capabilities: {
    core: true,
    'auth.session': true,
    'actions.enabled': true,
    'executions.cancel': true,
    'executions.finished_at': true,
    'executions.intervals': true,
    'executions.log': true,
    'executions.history': true,
    'executions.durations': true,
    'executions.waiting': true,
    'executions.task_waits': true,
    'retention.passes': true,
    ...(settings.recovery === 'auto' && settings.status === 'extended' && { 'executions.suspended': true }),
    'executions.pause': true,
    'executions.rerun': true,
    'executions.recovery': { policy: settings.recovery, most: settings.maxRecoveries },
    'executions.idempotency_key': true,
    'executions.parameters_validated': true,
    'events.causation': true,
    'requests.warnings': true,
    'limits.tenant': {
      queued_executions: settings.limits.tenant.queuedExecutions,
      events_per_minute: settings.limits.tenant.eventsPerMinute,
      sockets: settings.limits.tenant.sockets,
      managed_workers: settings.limits.tenant.managedWorkers,
      stored_bytes: settings.limits.tenant.storedBytes,
    },
    ...(settings.clockOffsetMs > 0 && { 'clock.offset': { seconds: seconds(settings.clockOffsetMs) } }),
    ...(settings.virtualTime && { 'clock.virtual': true }),
    'limits.causation_depth': { depth: settings.limits.causationDepth },
    'sensors.custom': { backoff_seconds: seconds(settings.sensorBackoffMs) },
    'sensors.details': true,
    'durations.fractional': true,
    ...(settings.roles.includes('notifier') && notifierCapabilities(settings)),
    'inquiries.ask': true,
    'inquiries.expiry': true,
    'inquiries.default_response': true,
    'inquiries.response_schema': true,
    'inquiries.from_actions': true,
    'keys.from_actions': true,
    'keys.encryption': true,
    'keys.ttl': true,
    'keys.compare_and_set': true,
    'keys.decrypt': true,
    'queues.item': true,
    'lists.words': true,
    connections: true,
    search: { modes: ['exact', 'trigram', 'fulltext', 'vector'] },
    'secrets.stdin': true,
    'secrets.redaction': true,
    'storage.row_binding': true,
    rbac: true,
    ownership: true,
    ...(settings.loginTries > 0 && { 'auth.throttle': { tries_per_minute: settings.loginTries } }),
    ...(trustsLoopback(settings) && { 'proxies.loopback': true }),
    ...(settings.refreshRotation && { 'auth.refresh_rotation': true }),
    tenants: true,
    'workflows.revisions': true,
    'workflows.failure_branches': true,
    'workflows.join': true,
    'workflows.list_items': true,
    'workflows.loops': { rounds: settings.limits.workflowRounds },
    'workflows.with_items': true,
    'workflows.retry': true,
    'workflows.retry_cap': true,
    'workflows.task_timeout': true,
    'workflows.retry_jitter': true,
    'executions.timeout': true,
    'workflows.keystore': true,
    'rules.keystore': true,
    'rules.decisions': true,
    'templates.filters': true,
    'timers.interval': true,
    'timers.cron': true,
    'timers.date': true,
    'timers.timezone': true,
    'timers.planned_at': true,
    'timers.preview': true,
    'timers.fires': true,
    'webhooks.security_api': true,
    'webhooks.raw': { schemes: [...SIGNATURE_SCHEMES] },
    'runtimes.manifest': true,
    'runtimes.python': true,
    'packs.environments': true,
    'packs.warnings': true,
    'runners.http': true,
    ...(settings.containers && { 'runners.container': { runtime: 'core.container', ...settings.containers } }),
    'egress.guard': true,
    'runtimes.node': { version: process.versions.node },
    ...(settings.isolationMode !== null && {
      'isolation.process': {
        by: settings.isolationMode,
        backend: settings.isolationBackend,
        shared_paths: [...settings.actionPaths],
      },
    }),
    'logs.limit': { bytes: settings.logLimitBytes },
    'workers.lifecycle': { kinds: ['managed', 'external'] },
    'workers.managed': true,
    'workers.external_poll': true,
    'workers.external_push': true,
    'workers.standalone': { protocol: PROTOCOL, lease_seconds: seconds(settings.standaloneLeaseMs) },
    'workers.slots': {
      slots: settings.slots,
      kill_grace_seconds: seconds(settings.killGraceMs),
      heartbeat_seconds: seconds(settings.heartbeatMs),
      lease_seconds: seconds(settings.leaseMs),
    },
  },
});

/** Whether a request from this host may name the address that it comes from. */
const trustsLoopback = ({ trustedProxies }: Settings): boolean =>
  containsAddress(parseAddressList(trustedProxies).list, '127.0.0.1');

/** Where a notifier runs in this process. */
const notifierCapabilities = ({ notifierPort: port }: Settings): CapabilityManifest['capabilities'] => ({
  'notify.executions': { port },
  'notify.inquiries': true,
  'notify.enforcements': true,
  'notify.rule_state': true,
  'notify.scoping': true,
  'notify.api_port': { path: '/ws' },
  'notifier.backpressure': {
    bytes: MAX_BUFFERED_BYTES,
    seconds: seconds(MAX_SEND_DELAY_MS),
    code: CLOSE_CODES.slow,
  },
});

interface ActiveWorker {
  readonly name: string;
  /** `cgroup` or `environment marker`, as its host allows; null: unknown. */
  readonly containment: string | null;
  /** Versions of its runtimes, by name. */
  readonly runtimes: Readonly<Record<string, string>>;
}

/** What runs on the database now. */
interface Presence {
  readonly workers: readonly ActiveWorker[];
  /** Of all platforms of the stack. */
  readonly roles: readonly Role[];
}

/** Adds what depends on the platforms of the stack and on their workers. */
export const withPresence = (manifest: CapabilityManifest, { workers, roles }: Presence): CapabilityManifest => ({
  ...manifest,
  capabilities: { ...manifest.capabilities, 'stack.roles': { roles: [...roles] }, ...workerCapabilities(workers) },
});

/** The weakest containment of processes, the labels to select a worker, and their runtimes. */
function workerCapabilities(workers: readonly ActiveWorker[]): CapabilityManifest['capabilities'] {
  if (workers.length === 0) return {};
  const by = workers.every(({ containment }) => containment === 'cgroup') ? 'cgroup' : 'environment marker';
  return {
    'processes.containment': { by },
    'workers.pin': { label: 'worker', values: workers.map(({ name }) => name) },
    ...Object.fromEntries(workers.flatMap(runtimeCapabilities)),
  };
}

const runtimeCapabilities = ({ runtimes }: ActiveWorker) =>
  Object.entries(runtimes).map(([name, version]) => [`workers.runtimes.${name}`, { version }] as const);
