import {
  AnalyticsDashboard,
  AnalyticsSeries,
  FailureRate,
  type AnalyticsQuery,
} from '../../../contract/records/analytics';
import { HistoryRecord, type HistoryEntity, type HistoryFilter } from '../../../contract/records/history';
import { verb } from '../operation';
import type { Request } from '../request';

/** The changes of executions and workers, newest first. Every verb throws ApiError. */
export const history = (request: Request) => ({
  /** Every match on every page. 400 BAD_REQUEST for another kind of entity. */
  list: verb('GET /history/{entity}', (call, entity: HistoryEntity, filter: HistoryFilter = {}) =>
    request.all(HistoryRecord, call({ entity, query: { ...filter } })),
  ),

  /** 404 NOT_FOUND for an unknown execution. */
  ofExecution: verb('GET /executions/{id}/history', (call, id: number) => request.all(HistoryRecord, call({ id }))),

  /** 404 NOT_FOUND for an unknown worker. */
  ofWorker: verb('GET /workers/{id}/history', (call, id: number) => request.all(HistoryRecord, call({ id }))),
});

/** Hourly counts, oldest first. Every verb throws ApiError: 400 for an interval that is none. */
export const analytics = (request: Request) => ({
  executionStatus: verb('GET /analytics/executions/status', (call, query: AnalyticsQuery = {}) =>
    request.one(AnalyticsSeries, call({ query: { ...query } })),
  ),
  executionThroughput: verb('GET /analytics/executions/throughput', (call, query: AnalyticsQuery = {}) =>
    request.one(AnalyticsSeries, call({ query: { ...query } })),
  ),
  failureRate: verb('GET /analytics/executions/failure-rate', (call, query: AnalyticsQuery = {}) =>
    request.one(FailureRate, call({ query: { ...query } })),
  ),
  eventVolume: verb('GET /analytics/events/volume', (call, query: AnalyticsQuery = {}) =>
    request.one(AnalyticsSeries, call({ query: { ...query } })),
  ),
  enforcementVolume: verb('GET /analytics/enforcements/volume', (call, query: AnalyticsQuery = {}) =>
    request.one(AnalyticsSeries, call({ query: { ...query } })),
  ),
  workerStatus: verb('GET /analytics/workers/status', (call, query: AnalyticsQuery = {}) =>
    request.one(AnalyticsSeries, call({ query: { ...query } })),
  ),
  dashboard: verb('GET /analytics/dashboard', (call, query: AnalyticsQuery = {}) =>
    request.one(AnalyticsDashboard, call({ query: { ...query } })),
  ),
});
