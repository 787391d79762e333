import { managedWorkersWithin, memoryShares, overcommittedBytes } from '../../../platform/base/host/host-memory';

const MIB = 2 ** 20;
const UNSET = { programsMemoryBytes: null, tenantMemoryBytes: null };

test('a quarter of the memory is not for programs, and no tenant gets the rest', () => {
  expect(memoryShares(UNSET, 16_384 * MIB)).toEqual({
    programsMemoryBytes: 12_288 * MIB,
    tenantMemoryBytes: 9_216 * MIB,
  });
});

test('a small host keeps what the platform itself needs', () => {
  expect(memoryShares(UNSET, 1_536 * MIB)).toEqual({ programsMemoryBytes: 896 * MIB, tenantMemoryBytes: 672 * MIB });
});

test('a setting takes precedence, and a tenant follows that of all programs', () => {
  const programsMemoryBytes = 400 * MIB;

  expect([
    memoryShares({ programsMemoryBytes, tenantMemoryBytes: null }, 16_384 * MIB),
    memoryShares({ programsMemoryBytes, tenantMemoryBytes: 400 * MIB }, 16_384 * MIB),
  ]).toEqual([
    { programsMemoryBytes, tenantMemoryBytes: 300 * MIB },
    { programsMemoryBytes, tenantMemoryBytes: 400 * MIB },
  ]);
});

test.each([
  ['672 MiB', 672, 2],
  ['100 MiB', 100, 1],
  ['9 GiB', 9_216, 36],
])('managed workers take half of %s at most', (_, mebibytes, workers) => {
  expect(managedWorkersWithin({ programsMemoryBytes: 0, tenantMemoryBytes: mebibytes * MIB })).toBe(workers);
});

test('slots times the memory of a program are compared with what there is', () => {
  const settings = { workers: 2, slots: 10, actionMemoryBytes: 100 * MIB };

  expect([overcommittedBytes(settings, 2_000 * MIB), overcommittedBytes(settings, 1_999 * MIB)]).toEqual([
    null,
    2_000 * MIB,
  ]);
});
