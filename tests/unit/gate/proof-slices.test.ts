import { cost, requireSlice, sliceOfCommit, slicesOf } from '../../../tools/gate/run/proof-slices';
import { parseProofParts } from '../../../tools/gate/run/steps';

const slices = slicesOf(
  parseProofParts(`
slices: 3
parts:
  - { id: faults, run: 'detect --shard {n}/{of}', pieces: 4, seconds: 50 }
  - { id: ssh, with: 'env N={n}', jest: 'a/{n} b', pieces: 1, seconds: 90 }
`),
);

test('every piece is in one slice, and the slices are about equal', () => {
  expect(
    slices
      .flat()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['faults 1/4', 'faults 2/4', 'faults 3/4', 'faults 4/4', 'ssh']);
  expect(slices.map(cost)).toEqual([90, 100, 100]);
});

test('a piece has its number and the count of pieces in its texts', () => {
  const [ssh, second] = [slices[0]![0]!, slices.flat().find(({ id }) => id === 'faults 2/4')!];

  expect(second.step).toEqual({ name: 'proof: faults 2/4', run: 'detect --shard 2/4', repeat: true });
  expect(ssh.step).toEqual({ name: 'proof: ssh', with: 'env N=1', jest: 'a/1 b' });
});

test('as many successive commits as there are slices run all of them', () => {
  const commit = 'f'.repeat(40);
  const run = Array.from({ length: 37 }, (_, n) => sliceOfCommit({ commit, count: 1_218 + n }, 37));

  expect([...run].sort((a, b) => a - b)).toEqual(Array.from({ length: 37 }, (_, n) => n + 1));
});

test('a shallow clone selects by the digest of the commit', () => {
  expect(sliceOfCommit({ commit: `0000002a${'0'.repeat(32)}`, count: null }, 37)).toBe(6);
});

test('a slice that does not exist is rejected', () => {
  expect(() => requireSlice(slices, 4)).toThrow('SLICE_UNKNOWN: there is no slice 4: use 1 to 3');
  expect(() => requireSlice(slices, 0)).toThrow('SLICE_UNKNOWN');
});

test.each([
  ['slices: 1\nparts: [{ id: a, pieces: 1, seconds: 1 }]', 'a: expected one of run and jest'],
  ['slices: 1\nparts: [{ id: a, run: x, jest: y, pieces: 1, seconds: 1 }]', 'a: expected one of run and jest'],
  ['slices: 0\nparts: []', '/slices: expected a whole number from 1 on; /parts'],
  ['slices: [', 'STEPS_INVALID'],
])('%j is rejected', (text, fault) => {
  expect(() => parseProofParts(text)).toThrow(fault);
});
