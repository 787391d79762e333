/**
 * @jest-environment node
 */
import { availableParallelism } from 'node:os';
import { hashPassword, verifyPassword } from '../../../platform/store/identities/passwords';

const running = { now: 0, most: 0 };
jest.mock('@node-rs/argon2', () => {
  const measured = async (result: unknown) => {
    running.most = Math.max(running.most, ++running.now);
    await new Promise((resolve) => setImmediate(resolve));
    running.now--;
    return result;
  };
  return { hash: () => measured('hash'), verify: () => measured(true) };
});

test('AU-06 parallel log-ins compute a bounded number of hashes at once', async () => {
  const passwords = Array.from({ length: 60 }, (_, n) => `password ${n}`);

  const matches = await Promise.all([
    ...passwords.map((password) => verifyPassword('hash', password)),
    ...passwords.map((password) => hashPassword(password)),
  ]);

  expect(matches.filter((match) => match === true)).toHaveLength(60);
  expect(running.most).toBeGreaterThan(0);
  expect(running.most).toBeLessThanOrEqual(Math.max(1, Math.min(2, availableParallelism() / 2)));
});
