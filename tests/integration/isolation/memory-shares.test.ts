// The sum of what the programs of one tenant use is bounded, and no other tenant pays for it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupBase, limitBase } from '../../../platform/base/host/cgroup-base';
import { LIMITS, withConfinedRunner } from './confined-runner';

const MIB = 2 ** 20;
const TENANT_BYTES = 256 * MIB;
const runner = withConfinedRunner(undefined, {}, { tenantMemoryBytes: TENANT_BYTES });

/** Processes of 16 MiB, none of which is large. */
const HOLD = `python3 - <<'PY'
import os, time
for _ in range(12):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 16)
        time.sleep(60)
        os._exit(0)
os.wait()
PY
`;

test('RT-10 programs of one tenant together reach a limit of their tenant', async () => {
  // Without the controller nothing is limited.
  if (!runner().hasGroupLimits) return expect(await runner().output('echo served', { tenant: 8 })).toBe('served\n');
  const attempts = [1, 2, 3].map((execution) => runner().result(HOLD, { execution, tenant: 7 }));
  const first = await Promise.race(attempts);
  const other = await runner().output('echo served', { execution: 9, tenant: 8 });

  expect(other).toBe('served\n');
  expect(first).toMatchObject({
    code: 'RESOURCE_LIMIT',
    error: `Its processes together reached the limit of ${TENANT_BYTES} bytes of memory, which all programs of the tenant share`,
  });
  await Promise.all(attempts);
});

test('all programs together have a limit', async () => {
  const { instance } = runner();
  const base = limitBase(instance, 'memory') ?? cgroupBase(instance);
  const limit = ['memory.limit_in_bytes', 'memory.max'].map((name) => join(base ?? '', name)).find(existsSync);

  expect(await runner().output('echo served', { tenant: 9 })).toBe('served\n');
  expect(limit && Number(readFileSync(limit, 'utf8'))).toBe(
    runner().hasGroupLimits ? LIMITS.programsMemoryBytes : undefined,
  );
});
