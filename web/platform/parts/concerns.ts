import type { Notification } from '../../../contract/notifications';

/** Whether a notification is about one of the executions, a child of them, or their inquiry. */
export function concerns(executions: ReadonlySet<number>, { entity_type, entity_id, payload }: Notification): boolean {
  const { parent, execution } = payload;
  if (entity_type === 'inquiry') return executions.has(Number(execution));
  return executions.has(entity_id) || (typeof parent === 'number' && executions.has(parent));
}
