import type { WaitingKind, WaitingReason } from '../../../contract/waiting';

/** Ids that a reason lists of many. */
export const MAX_IDS = 20;

type DraftOf<K extends WaitingKind> = Omit<Extract<WaitingReason, { readonly kind: K }>, 'text'> & {
  /** Completes "waits for": `its resume`. */
  readonly phrase: string;
};

/** A reason without its sentence. */
export type Draft = { [K in WaitingKind]: DraftOf<K> }[WaitingKind];

/** The first ids of some rows. */
export const firstIds = (rows: readonly { readonly id: number }[]): number[] =>
  rows.slice(0, MAX_IDS).map(({ id }) => id);

/** `1 other`, `3 others`. */
export const othersText = (count: number): string => `${count} ${count === 1 ? 'other' : 'others'}`;

/** `execution 5`, `executions 5, 6`, `executions 5, 6 and 3 others`. */
export function executionsText(shown: readonly number[], count: number): string {
  const others = count - shown.length;
  const noun = count === 1 ? 'execution' : 'executions';
  return `${noun} ${shown.join(', ')}${others > 0 ? ` and ${othersText(others)}` : ''}`;
}

/** An end of a wait: `, until 2026-01-27T10:00:00Z`. */
export const untilText = (instant: string | null): string => (instant === null ? '' : `, until ${instant}`);
