import type { StreamEvent } from '../../../contract/executions';

/** What was written to an output stream so far. */
export interface LogState {
  readonly text: string;
  /** Characters before the text that are not kept. */
  readonly dropped: number;
  /** Byte to continue at after a lost connection. */
  readonly offset: number;
  /** Nothing more will be written. */
  readonly isComplete: boolean;
  readonly error: unknown;
}

export const NO_LOG: LogState = { text: '', dropped: 0, offset: 0, isComplete: false, error: null };

/** Of a longer log, only the end is kept: characters. */
const KEPT = 5_000_000;

/** A log after one more event of its stream. `content` replaces it: another attempt writes. */
export function withEvent(
  log: LogState,
  { name, data, id }: { readonly name: string; readonly data: string; readonly id: string | null },
  kept = KEPT,
): LogState {
  const offset = id === null ? log.offset : Number(id);
  switch (name as StreamEvent) {
    case 'content':
      return cutTo(kept, { ...NO_LOG, offset, text: data });
    case 'append':
      return cutTo(kept, { ...log, offset, text: log.text + data, error: null });
    case 'done':
      return { ...log, isComplete: true, error: null };
    case 'error':
      return { ...log, isComplete: true, error: new Error(data) };
    case 'waiting':
      return log;
  }
}

function cutTo(kept: number, log: LogState): LogState {
  const cut = Math.max(0, log.text.length - kept);
  return { ...log, text: log.text.slice(cut), dropped: log.dropped + cut };
}
