import { Type, type Static } from '@sinclair/typebox';
import { NullableText, Timestamp } from '../json';

/** A year. */
export const MAX_ANALYTICS_HOURS = 8_760;

/**
 * The interval: `since` to `until`, `until` excluded; by default the `hours` that end at `until`,
 * which is now by default.
 */
export const AnalyticsQuery = Type.Object({
  since: Type.Optional(Timestamp),
  until: Type.Optional(Timestamp),
  hours: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_ANALYTICS_HOURS, default: 24 })),
});
export type AnalyticsQuery = Static<typeof AnalyticsQuery>;

/** A count of one hour; `bucket` is its start. Hours without any have none. */
const HourlyCount = Type.Object({ bucket: Timestamp, label: NullableText, value: Type.Integer() });
export type HourlyCount = Static<typeof HourlyCount>;

const interval = { since: Timestamp, until: Timestamp };

export const AnalyticsSeries = Type.Object({ ...interval, data: Type.Array(HourlyCount) });
export type AnalyticsSeries = Static<typeof AnalyticsSeries>;

/** Of the executions that ended in the interval; the rate is 0 where none did. */
export const FailureRate = Type.Object({
  ...interval,
  total_terminal: Type.Integer(),
  failed_count: Type.Integer(),
  timeout_count: Type.Integer(),
  completed_count: Type.Integer(),
  failure_rate_pct: Type.Number(),
});
export type FailureRate = Static<typeof FailureRate>;

export const AnalyticsDashboard = Type.Object({
  ...interval,
  execution_throughput: Type.Array(HourlyCount),
  execution_status: Type.Array(HourlyCount),
  event_volume: Type.Array(HourlyCount),
  enforcement_volume: Type.Array(HourlyCount),
  worker_status: Type.Array(HourlyCount),
  failure_rate: FailureRate,
});
export type AnalyticsDashboard = Static<typeof AnalyticsDashboard>;
