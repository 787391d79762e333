import { TenantQuota } from '../../../platform/auth/tenant-quota';

const NONE = { queuedExecutions: 0, eventsPerMinute: 0, sockets: 0, managedWorkers: 0, storedBytes: 0 };
const detailsOf = (work: () => unknown): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    const { status, details, retryAfterSeconds } = error as Record<string, unknown>;
    return { status, details, retryAfterSeconds };
  }
};

test('a tenant has its events of a minute, and more as time passes', () => {
  const quota = new TenantQuota({ ...NONE, eventsPerMinute: 3 });
  for (let count = 0; count < 3; count++) quota.addEvent(1, 0);

  expect(detailsOf(() => quota.addEvent(1, 1_000))).toEqual({
    status: 429,
    details: { reason: 'TENANT_LIMIT', limit: 'events a minute', current: 3, maximum: 3 },
    retryAfterSeconds: 19,
  });
  expect(detailsOf(() => quota.addEvent(2, 1_000))).toBeNull();
  expect(detailsOf(() => quota.addEvent(1, 20_000))).toBeNull();
  expect(detailsOf(() => quota.addEvent(1, 20_000))).not.toBeNull();
});

test('a closed socket makes room for another', () => {
  const quota = new TenantQuota({ ...NONE, sockets: 1 });
  const close = quota.openSocket(1);

  expect(detailsOf(() => quota.openSocket(1))).toMatchObject({
    status: 429,
    details: { limit: 'sockets', maximum: 1 },
  });
  expect(detailsOf(() => quota.openSocket(2))).toBeNull();
  close();
  expect(detailsOf(() => quota.openSocket(1))).toBeNull();
});

test('a limit of 0 limits nothing', () => {
  const quota = new TenantQuota(NONE);

  for (let count = 0; count < 100; count++) {
    quota.addEvent(1, 0);
    quota.openSocket(1);
  }
});
