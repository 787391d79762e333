import { LeaseWatch } from '../../../platform/workers/standalone/worker/lease-watch';

const LEASE_MS = 60_000;
const never = new AbortController().signal;

test('a lease ends a lease time after the request that renewed it was sent', async () => {
  const leases = new LeaseWatch(LEASE_MS);
  const now = performance.now();
  leases.renew([7], now - LEASE_MS);
  leases.renew([8], now);

  await expect(leases.ended(never)).resolves.toEqual([7]);
  leases.forget(7);

  expect(leases.fencingTokens).toEqual([8]);
});

test('a lease that is granted later is watched too', async () => {
  const leases = new LeaseWatch(LEASE_MS);
  const ended = leases.ended(never);

  leases.renew([9], performance.now() - LEASE_MS);

  await expect(ended).resolves.toEqual([9]);
});
