import { setImmediate } from 'node:timers/promises';
import type { Replay } from '../../core/workflow/replay/replay';
import { DomainError } from '../../base/domain-error';

/** Other requests are served at least so often, ms. */
const SLICE_MS = 20;
/** A longer replay is given up, ms. */
const MAX_REPLAY_MS = 10_000;

/** Replays an execution to its end. Throws REPLAY_TOO_LARGE. */
export async function runReplay(replay: Replay, execution: number): Promise<void> {
  const startedAt = performance.now();
  for (let sliceEnd = startedAt + SLICE_MS; replay.advance();) {
    if (performance.now() < sliceEnd) continue;
    if (performance.now() > startedAt + MAX_REPLAY_MS) {
      throw new DomainError(
        'REPLAY_TOO_LARGE',
        `The replay of execution ${execution} takes longer than ${MAX_REPLAY_MS} ms`,
        { path: '/id', hint: 'give an execution with fewer steps' },
      );
    }
    await setImmediate();
    sliceEnd = performance.now() + SLICE_MS;
  }
}
