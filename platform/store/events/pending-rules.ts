import type { Transaction } from '../database/connection';

/** A rule that is still to be evaluated for an event. */
export interface PendingRule {
  readonly event: number;
  readonly rule: number;
}

export const insertPendingRule = (transaction: Transaction, pending: PendingRule): Promise<unknown> =>
  transaction.insertInto('pending_rule').values(pending).execute();

export const removePendingRule = (transaction: Transaction, { event, rule }: PendingRule): Promise<unknown> =>
  transaction.deleteFrom('pending_rule').where('event', '=', event).where('rule', '=', rule).execute();
