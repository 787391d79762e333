import {
  AnalyticsDashboard,
  AnalyticsQuery,
  AnalyticsSeries,
  FailureRate,
  MAX_ANALYTICS_HOURS,
} from '../../../contract/records/analytics';
import { dataEnvelope } from '../../../contract/envelopes';
import { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import {
  countEnds,
  enforcementVolume,
  eventVolume,
  executionStatuses,
  executionThroughput,
  readInterval,
  workerStatuses,
  type Interval,
} from '../../store/records/analytics';
import type { Api } from '../http/context';
import { route } from '../http/route';
import { requireInstants } from './instants';

const PATH = '/api/v1/analytics';
const tags = ['analytics'];
const DEFAULT_HOURS = 24;

const SERIES = {
  '/executions/status': executionStatuses,
  '/executions/throughput': executionThroughput,
  '/events/volume': eventVolume,
  '/enforcements/volume': enforcementVolume,
  '/workers/status': workerStatuses,
} as const;

/** Every authenticated caller may read the hourly counts of its tenant. */
export function analyticsRoutes(api: Api): void {
  for (const [path, read] of Object.entries(SERIES)) {
    route(api, {
      method: 'GET',
      path: `${PATH}${path}`,
      grant: null,
      schema: { tags, querystring: AnalyticsQuery, response: { 200: dataEnvelope(AnalyticsSeries) } },
      handle: async ({ transaction, query }) => {
        const interval = await intervalOf(transaction, query);
        return { data: { ...interval, data: [...(await read(transaction, interval))] } };
      },
    });
  }

  route(api, {
    method: 'GET',
    path: `${PATH}/executions/failure-rate`,
    grant: null,
    schema: { tags, querystring: AnalyticsQuery, response: { 200: dataEnvelope(FailureRate) } },
    handle: async ({ transaction, query }) => ({
      data: await failureRate(transaction, await intervalOf(transaction, query)),
    }),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/dashboard`,
    grant: null,
    schema: { tags, querystring: AnalyticsQuery, response: { 200: dataEnvelope(AnalyticsDashboard) } },
    handle: async ({ transaction, query }) => {
      const interval = await intervalOf(transaction, query);
      return {
        data: {
          ...interval,
          execution_throughput: [...(await executionThroughput(transaction, interval))],
          execution_status: [...(await executionStatuses(transaction, interval))],
          event_volume: [...(await eventVolume(transaction, interval))],
          enforcement_volume: [...(await enforcementVolume(transaction, interval))],
          worker_status: [...(await workerStatuses(transaction, interval))],
          failure_rate: await failureRate(transaction, interval),
        },
      };
    },
  });
}

/** BAD_REQUEST for what is no instant, ends before it begins, or is longer than a year. */
async function intervalOf(transaction: Transaction, query: AnalyticsQuery): Promise<Interval> {
  requireInstants(query, ['since', 'until']);
  const { since, until, hours } = await readInterval(transaction, { ...query, hours: query.hours ?? DEFAULT_HOURS });
  if (hours < 0) throw new DomainError('BAD_REQUEST', 'since must not be later than until', { path: 'since' });
  if (hours > MAX_ANALYTICS_HOURS)
    throw new DomainError('BAD_REQUEST', `the interval must not exceed ${MAX_ANALYTICS_HOURS} hours`, {
      path: 'since',
    });
  return { since, until };
}

async function failureRate(transaction: Transaction, interval: Interval): Promise<FailureRate> {
  const counts = await countEnds(transaction, interval);
  const { total_terminal: total, failed_count: failed, timeout_count: timeout } = counts;
  return { ...interval, ...counts, failure_rate_pct: total === 0 ? 0 : ((failed + timeout) / total) * 100 };
}
