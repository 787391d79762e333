import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default), memory in KiB. */
const ARGON2_COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, ARGON2_COST);

let dummyHash: Promise<string> | undefined;

/**
 * Takes the same time for a wrong password, an unknown login, and an identity without password.
 */
export async function verifyPassword(storedHash: string | null, password: string): Promise<boolean> {
  dummyHash ??= hashPassword('password of no identity');
  const matches = await verify(storedHash ?? (await dummyHash), password);
  return matches && storedHash !== null;
}
