import type { Replay } from '../../core/workflow/replay/replay';
import { TimeSlices } from '../../base/async/time-slices';
import { DomainError } from '../../base/domain-error';

/** A longer replay is given up, ms. */
const MAX_REPLAY_MS = 10_000;

/** Replays an execution to its end. Throws REPLAY_TOO_LARGE. */
export async function runReplay(replay: Replay, execution: number): Promise<void> {
  const startedAt = performance.now();
  const slices = new TimeSlices();
  while (replay.advance()) {
    if (performance.now() > startedAt + MAX_REPLAY_MS) {
      throw new DomainError(
        'REPLAY_TOO_LARGE',
        `The replay of execution ${execution} takes longer than ${MAX_REPLAY_MS} ms`,
        { path: '/id', hint: 'give an execution with fewer steps' },
      );
    }
    await slices.giveTurn();
  }
}
