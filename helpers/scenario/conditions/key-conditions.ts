import type { Client } from '../../client/client';
import { parseInstant } from '../../instant';
import type { Context } from '../context';
import type { Condition } from '../polling';

/** One read of a key; instants are epoch ms. */
export interface KeyRead {
  readonly sentAt: number;
  readonly receivedAt: number;
  /** When the key was created; null without a key. */
  readonly created: number | null;
}

const hostEpochMs = (): number => performance.timeOrigin + performance.now();

async function readKey(client: Client, ref: string, reads: KeyRead[]): Promise<KeyRead> {
  const sentAt = hostEpochMs();
  const key = await client.keys.getOrNull(ref);
  const read = { sentAt, receivedAt: hostEpochMs(), created: key && parseInstant(key.created) };
  reads.push(read);
  return read;
}

const describeReads = (reads: readonly KeyRead[]): string =>
  `${reads.length} reads, the last one ${JSON.stringify(reads.at(-1))}`;

/** By how much the clocks of host and target may differ after they were compared, ms. */
const CLOCK_TOLERANCE_MS = 50;

/**
 * By how much after the expiry, epoch ms by the target's clock, those reads were sent that still
 * found the key, ms. A key is absent from that instant on, however busy the host is.
 */
export const lateReads = ({ facts }: Context, reads: readonly KeyRead[], expiry: number): number[] =>
  reads
    .filter(({ created }) => created !== null)
    .map(({ sentAt }) => sentAt + facts.clockOffsetMs - expiry)
    .filter((lateMs) => lateMs > CLOCK_TOLERANCE_MS);

/** The key exists; every read is appended to `reads`. The value is the instant of its creation. */
export const keyToAppear = (client: Client, ref: string, reads: KeyRead[]): Condition<number> => ({
  name: `key ${ref} to be created`,
  check: async () => {
    const { created } = await readKey(client, ref, reads);
    return created === null ? { is: 'pending', why: 'it does not exist' } : { is: 'met', value: created };
  },
  evidence: () => describeReads(reads),
});

/** The key no longer exists; every read is appended to `reads`. */
export const keyToExpire = (client: Client, ref: string, reads: KeyRead[]): Condition<true> => ({
  name: `key ${ref} to expire`,
  check: async () => {
    const { created } = await readKey(client, ref, reads);
    return created === null ? { is: 'met', value: true } : { is: 'pending', why: 'it still exists' };
  },
  evidence: () => describeReads(reads),
});
