import type { Client } from '../../client/client';
import { parseInstant } from '../../instant';
import { targetNow } from '../time/target-now';
import type { Condition } from '../polling';
import { writeJson } from '../../../contract/json-text/write-json';

/** One read of a key; instants are epoch ms of the target's clock. */
export interface KeyRead {
  readonly sentAt: number;
  readonly receivedAt: number;
  /** When the key was created; null without a key. */
  readonly created: number | null;
}

async function readKey(client: Client, ref: string, reads: KeyRead[]): Promise<KeyRead> {
  const sentAt = targetNow();
  const key = await client.keys.getOrNull(ref);
  const read = { sentAt, receivedAt: targetNow(), created: key && parseInstant(key.created) };
  reads.push(read);
  return read;
}

const describeReads = (reads: readonly KeyRead[]): string =>
  `${reads.length} reads, the last one ${writeJson(reads.at(-1))}`;

/**
 * Reads that found the key although they were sent when it must have expired, however busy the
 * host is: a lifetime, ms, after the response to the first read that found it.
 */
export function lateReads(reads: readonly KeyRead[], lifetimeMs: number): KeyRead[] {
  const found = reads.filter(({ created }) => created !== null);
  return found.filter(({ sentAt }) => sentAt > found[0]!.receivedAt + lifetimeMs);
}

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
