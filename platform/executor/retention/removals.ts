import { sql, type RawBuilder } from 'kysely';
import type { RetentionTarget } from '../../../contract/records/retention';
import type { Transaction } from '../../store/database/connection';

/** A call that removes rows of the tenant, `portion` at most, and returns how many. */
type Call = (portion: number, maxCount: number) => RawBuilder<number>;

export interface Removal {
  /** Whose age the rows have. */
  readonly target: RetentionTarget;
  readonly call: Call;
}

const removal = (target: RetentionTarget, call: Call): Removal => ({ target, call });

/** In this order: what a row refers to stays until the row is removed. */
export const REMOVALS: readonly Removal[] = [
  removal('executions', (portion, maxCount) => sql`remove_expired_executions(${maxCount}, ${portion})`),
  removal('executions', (portion) => sql`remove_expired_revisions(${portion})`),
  removal('inquiries', (portion) => sql`remove_expired_inquiries(${portion})`),
  removal('enforcements', (portion, maxCount) => sql`remove_expired_enforcements(${maxCount}, ${portion})`),
  removal('webhook_event_logs', (portion, maxCount) => sql`remove_expired_deliveries(${maxCount}, ${portion})`),
  removal('events', (portion, maxCount) => sql`remove_expired_events(${maxCount}, ${portion})`),
  removal('work_queue_items', (portion) => sql`remove_expired_queue_items(${portion})`),
  removal('work_queue_dispatches', (portion) => sql`remove_expired_queue_dispatches(${portion})`),
  removal('pack_test_executions', (portion) => sql`remove_expired_pack_tests(${portion})`),
  removal('execution_history', (portion) => sql`remove_expired_records('execution_history', ${portion})`),
  removal('worker_history', (portion) => sql`remove_expired_records('worker_history', ${portion})`),
  removal('worker_history', (portion) => sql`remove_expired_worker_states(${portion})`),
  removal('sensor_process_history', (portion) => sql`remove_expired_records('sensor_process_history', ${portion})`),
  removal('audit_events', (portion) => sql`remove_expired_records('rule_history', ${portion})`),
  removal('audit_events', (portion) => sql`remove_expired_records('key_history', ${portion})`),
  removal('audit_events', (portion) => sql`remove_expired_records('audit_event', ${portion})`),
  removal('sensor_processes', (portion) => sql`remove_expired_sensor_processes(${portion})`),
  removal('workers', (portion) => sql`remove_expired_workers(${portion})`),
  removal('notifications', (portion) => sql`remove_expired_notifications(${portion})`),
];

/** Removes one portion. Returns how many rows it had. */
export async function removePortion(
  transaction: Transaction,
  { call }: Removal,
  portion: number,
  maxCount: number,
): Promise<number> {
  const { rows } = await sql<{ removed: number }>`select ${call(portion, maxCount)} as removed`.execute(transaction);
  return rows[0]!.removed;
}
