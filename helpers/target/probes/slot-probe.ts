import { join } from 'node:path';
import { describeEnd, endOf, ledgerInput, requireThat, startExecution, type Probe } from './probe-context';

/** How long the processes of a rendezvous wait for each other, ms: as in the tests. */
const RENDEZVOUS_MS = 8_000;

/** Runs as many processes at once as the rendezvous tests need: each waits for all others. */
export const probeSlots: Probe = async (context) => {
  const { actions, ledger, directory, slotCount: slots } = context;
  const limit_ms = Math.round(context.deadline(RENDEZVOUS_MS) - performance.now());
  const room = join(directory, 'room-probe');
  const parameters = { ...ledgerInput(context, 'slots'), n: slots, hold_ms: 0, limit_ms, room };
  const started = await Promise.all(
    Array.from({ length: slots }, () => startExecution(context, `${actions}.wait-for-peers`, parameters)),
  );
  // the first process that ends decides: it has met all others, or waited in vain
  const first = await Promise.race(
    started.map(({ id }) => endOf(context, id, context.deadline(RENDEZVOUS_MS + 8_000))),
  );
  const firstEndMs = Math.min(...ledger.entries('slots', 'end').map(({ atMs }) => atMs));
  const running = ledger.entries('slots', 'start').filter(({ atMs }) => atMs <= firstEndMs).length;
  requireThat(
    first.status === 'completed',
    `${running} of ${slots} processes ran at the same time: ${describeEnd(first)}`,
  );
};
