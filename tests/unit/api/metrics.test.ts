import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildApi } from '../../../platform/api/http/server';
import { METRICS, type MetricSources } from '../../../platform/api/status/metrics';
import { metricsRoutes } from '../../../platform/api/status/metrics-route';
import { prometheusText } from '../../../platform/api/status/prometheus-text';
import { contextWithoutDatabase } from './context-without-database';

const SOURCES: MetricSources = {
  statistics: {
    executions: { queued: 3, delayed: 1, scheduled: 0, running: 2 },
    created: 41,
    leasesGranted: 50,
    leases: [{ resource: 'execution', state: 'held', count: 2 }],
    workers: [{ status: 'active', count: 1, slots: 10 }],
    recent: [{ status: 'completed', count: 30, queueSeconds: [0.1, 0.2, 0.3], runSeconds: [1, 2, 3] }],
  },
  subscribers: { connected_clients: 4, total_subscriptions: 6 },
  unsealFailures: 2,
  process: { cpuSeconds: 1.5, memoryBytes: 1_000_000 },
};

test('every metric is written with its help, type and samples', async () => {
  const { contentType, text } = await prometheusText(SOURCES);

  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(
    Object.entries(METRICS).filter(([name, { type }]) => !text.includes(`# TYPE ${name} ${type}\n${name}`)),
  ).toEqual([]);
  expect(text).toContain('tuningfork_executions{state="queued"} 3\n');
  expect(text).toContain('tuningfork_executions_created_total 41\n');
  expect(text).toContain('tuningfork_unseal_failures_total 2\n');
  expect(text).toContain('tuningfork_execution_queue_seconds{status="completed",quantile="0.99"} 0.3\n');
});

test('docs/metrics.md lists every metric with its type and labels', () => {
  const page = readFileSync(join(__dirname, '../../../docs/metrics.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const labelsOf = (labels: readonly string[] = []) =>
    labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', ');

  expect(rows).toEqual(
    Object.entries(METRICS).map(([name, { type, labels }]) => `| \`${name}\` | ${type} | ${labelsOf(labels)} |`),
  );
});

const withMetrics = { token: 'a scraper token', read: () => Promise.resolve(SOURCES) };

test.each([
  ['the token', 'Bearer a scraper token', 200],
  ['another token', 'Bearer a scraper tokem', 401],
  ['no token', undefined, 401],
])('a scrape with %s', async (_what, authorization, status) => {
  await using api = buildApi({ ...contextWithoutDatabase, metrics: withMetrics }, [metricsRoutes]);

  const response = await api.inject({ url: '/metrics', headers: { ...(authorization && { authorization }) } });

  expect(response.statusCode).toBe(status);
  expect(response.body.includes('tuningfork_executions')).toBe(status === 200);
});

test('without the setting there is no route for metrics', async () => {
  await using api = buildApi(contextWithoutDatabase, [metricsRoutes]);

  expect((await api.inject({ url: '/metrics' })).statusCode).toBe(404);
});
