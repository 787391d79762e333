import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { createLimiter } from '../../base/async/limiter';

/** Argon2id (the library's default), memory in KiB. */
const ARGON2_COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes occupy processors and threads that everything else needs: half of the processors, and at
 * most half of the four threads.
 */
const HASHES_AT_ONCE = Math.max(1, Math.min(2, Math.floor(availableParallelism() / 2)));

const limiter = createLimiter(HASHES_AT_ONCE);

export const hashPassword = (password: string): Promise<string> => limiter(null, () => hash(password, ARGON2_COST));

let dummyHash: Promise<string> | undefined;

/**
 * Takes the same time for a wrong password, an unknown login, and an identity without password.
 */
export async function verifyPassword(storedHash: string | null, password: string): Promise<boolean> {
  dummyHash ??= hashPassword('password of no identity');
  const compared = storedHash ?? (await dummyHash);
  const matches = await limiter(null, () => verify(compared, password));
  return matches && storedHash !== null;
}
