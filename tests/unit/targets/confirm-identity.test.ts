import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../../helpers/client/client';
import { ApiError } from '../../../helpers/errors';
import { confirmIdentity } from '../../../helpers/target/confirm-identity';

const FACTS = { instanceId: 'own', url: 'http://localhost:1' };
const REFUSED = new ApiError({
  method: 'GET',
  path: '/capabilities',
  status: 0,
  code: 'ECONNREFUSED',
  message: 'connect',
  body: '',
});

type Kind = 'started' | 'attached';

/** Confirms a platform whose manifest names this instance, or which gives this error. */
const confirm = (answer: string | null | Error, exitReason: () => string | null, kind: Kind = 'started') => {
  const manifest = typeof answer === 'string' ? { platform: { instance_id: answer } } : null;
  const getOrNull = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(manifest));
  return confirmIdentity({ capabilities: { getOrNull } } as Partial<Client> as Client, { kind, exitReason }, FACTS);
};

test('the same instance is accepted, and another or none is rejected', async () => {
  const isRunning = () => null;

  await expect(confirm('own', isRunning)).resolves.toBeUndefined();
  await expect(confirm('other', isRunning)).rejects.toThrow(
    'TARGET_IDENTITY_CHANGED: another platform responds at http://localhost:1: instance other instead of own',
  );
  await expect(confirm(null, isRunning)).rejects.toThrow('instance null instead of own');
});

test('the reason of the end is stated, also if it is known later', async () => {
  let reason: string | null = null;
  const confirmed = confirm(REFUSED, () => reason);
  const isRejected = expect(confirmed).rejects.toThrow('ended: SIGKILL');

  await sleep(0);
  reason = 'ended: SIGKILL';

  await isRejected;
  await expect(confirm('own', () => 'ended: 1')).rejects.toThrow('ended: 1');
});

test('a platform of others that refuses requests has no known end', async () => {
  await expect(confirm(REFUSED, () => null, 'attached')).rejects.toBe(REFUSED);
});
