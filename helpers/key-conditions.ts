import type { Client } from './client/client';
import { instant } from './instant';
import type { Condition } from './polling';

/** One look at a key; instants are epoch ms. */
export interface KeyRead {
  readonly sentAt: number;
  readonly answeredAt: number;
  /** When the key was written; null where none was found. */
  readonly created: number | null;
}

const hostNow = (): number => performance.timeOrigin + performance.now();

/** Reads a key from before it is written until it is gone; every read is noted. The value is the instant of its writing. */
export const keyToComeAndGo = (client: Client, ref: string, reads: KeyRead[]): Condition<number> => ({
  name: `key ${ref} to come and go`,
  look: async () => {
    const sentAt = hostNow();
    const key = await client.keys.getOrNull(ref);
    reads.push({ sentAt, answeredAt: hostNow(), created: key && instant(key.created) });
    const created = reads.find((read) => read.created !== null)?.created ?? null;
    if (created === null) return { is: 'pending', why: 'it is not written yet' };
    return key === null ? { is: 'met', value: created } : { is: 'pending', why: 'it is still there' };
  },
  evidence: () => Promise.resolve(`${reads.length} reads, the last of them ${JSON.stringify(reads.at(-1))}`),
});
