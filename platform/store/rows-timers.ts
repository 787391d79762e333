import type { ColumnType } from 'kysely';

type Instant = ColumnType<string | null, string | null | undefined, string | null>;
type Made = ColumnType<string, string | undefined, string>;

/** `unplanned`: the rule was switched on or changed, and nobody has looked when it fires. */
export type TimerRowState = 'unplanned' | 'armed' | 'expired' | 'invalid' | 'off';

export interface TimerTable {
  rule: number;
  tenant: ColumnType<number, number | undefined, never>;
  state: TimerRowState;
  due_at: Instant;
  anchor: Instant;
  planned_at: Instant;
  fires: ColumnType<number, number | undefined, number>;
  reason: ColumnType<string | null, string | null | undefined, string | null>;
  created: Made;
  updated: Made;
}

export interface TimerEventTable {
  event: number;
  tenant: ColumnType<number, number | undefined, never>;
  rule: number;
  created: Made;
}
