import type { SubscriberStats } from '../../notifier/notification-hub';
import { QUANTILES, type PlatformStatistics } from '../../store/database/platform-statistics';

/** What the metrics are computed from, read once for each scrape. */
export interface MetricSources {
  readonly statistics: PlatformStatistics;
  readonly subscribers: SubscriberStats;
  readonly unsealFailures: number;
  readonly process: { readonly cpuSeconds: number; readonly memoryBytes: number };
}

/** What the route of the metrics needs of the platform. */
export interface MetricsAccess {
  /** The bearer token that a scraper must send. */
  readonly token: string;
  read(): Promise<Omit<MetricSources, 'process'>>;
}

interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Metric {
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels?: readonly string[];
  read(sources: MetricSources): readonly Sample[];
}

const quantiles = (status: string, values: readonly number[]): Sample[] =>
  QUANTILES.map((quantile, n) => ({ value: values[n]!, labels: { status, quantile: String(quantile) } }));

/** All metrics of `/metrics`, by name; docs/metrics.md describes them. */
export const METRICS: Readonly<Record<string, Metric>> = {
  tuningfork_executions: {
    type: 'gauge',
    help: 'Executions that have not ended, by state: queued, delayed, scheduled or running.',
    labels: ['state'],
    read: ({ statistics: { executions } }) =>
      Object.entries(executions).map(([state, value]) => ({ value, labels: { state } })),
  },
  tuningfork_executions_created_total: {
    type: 'counter',
    help: 'Executions created since the database was set up.',
    read: ({ statistics }) => [{ value: statistics.created }],
  },
  tuningfork_recent_executions: {
    type: 'gauge',
    help: 'Attempts of actions that ended in the last 5 minutes, of the newest 2,000 executions, by status.',
    labels: ['status'],
    read: ({ statistics: { recent } }) => recent.map(({ status, count }) => ({ value: count, labels: { status } })),
  },
  tuningfork_execution_queue_seconds: {
    type: 'gauge',
    help: 'Time from creation to start of those executions, by status and quantile.',
    labels: ['status', 'quantile'],
    read: ({ statistics: { recent } }) => recent.flatMap((row) => quantiles(row.status, row.queueSeconds)),
  },
  tuningfork_execution_run_seconds: {
    type: 'gauge',
    help: 'Time from start to end of those executions, by status and quantile.',
    labels: ['status', 'quantile'],
    read: ({ statistics: { recent } }) => recent.flatMap((row) => quantiles(row.status, row.runSeconds)),
  },
  tuningfork_leases: {
    type: 'gauge',
    help: 'Leases, by kind of resource and state: held or expired. An expired lease awaits its recovery.',
    labels: ['resource', 'state'],
    read: ({ statistics: { leases } }) =>
      leases.map(({ resource, state, count }) => ({ value: count, labels: { resource, state } })),
  },
  tuningfork_leases_granted_total: {
    type: 'counter',
    help: 'Leases granted since the database was set up: one for each start of an attempt or of a sensor.',
    read: ({ statistics }) => [{ value: statistics.leasesGranted }],
  },
  tuningfork_workers: {
    type: 'gauge',
    help: 'Workers, by status.',
    labels: ['status'],
    read: ({ statistics: { workers } }) => workers.map(({ status, count }) => ({ value: count, labels: { status } })),
  },
  tuningfork_worker_slots: {
    type: 'gauge',
    help: 'Executions that the workers can run at once, by status of the worker.',
    labels: ['status'],
    read: ({ statistics: { workers } }) => workers.map(({ status, slots }) => ({ value: slots, labels: { status } })),
  },
  tuningfork_notifier_subscribers: {
    type: 'gauge',
    help: 'Clients of the live streams of this process: WebSockets and server-sent events.',
    read: ({ subscribers }) => [{ value: subscribers.connected_clients }],
  },
  tuningfork_notifier_filters: {
    type: 'gauge',
    help: 'Filters that those clients have subscribed to.',
    read: ({ subscribers }) => [{ value: subscribers.total_subscriptions }],
  },
  tuningfork_unseal_failures_total: {
    type: 'counter',
    help: 'Stored secrets that this process could not unseal: moved, changed, or sealed with another key.',
    read: ({ unsealFailures }) => [{ value: unsealFailures }],
  },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time of the process of API and executor, without workers.',
    read: ({ process }) => [{ value: process.cpuSeconds }],
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    help: 'Resident memory of the same process.',
    read: ({ process }) => [{ value: process.memoryBytes }],
  },
};
