import { lateReads, type KeyRead } from '../conditions/key-conditions';

/** So many reads must have found a key during its lifetime. */
const ENOUGH_READS = 3;

/**
 * By reads of a key that was created at this instant with this lifetime, ms: from the first one
 * that found it, it was present until its end and absent after.
 */
export function expectExpiry(reads: readonly KeyRead[], createdAt: number, lifetimeMs: number): void {
  const expiry = createdAt + lifetimeMs;
  const fromFirst = reads.slice(reads.findIndex(({ created }) => created !== null));
  const before = fromFirst.filter(({ receivedAt }) => receivedAt < expiry);
  expect(before.length).toBeGreaterThanOrEqual(ENOUGH_READS);
  expect(before.filter(({ created }) => created === null)).toEqual([]);
  expect(lateReads(reads, lifetimeMs)).toEqual([]);
  const lastRead = reads.at(-1);
  expect([lastRead?.created, Number(lastRead?.receivedAt) >= expiry]).toEqual([null, true]);
}
