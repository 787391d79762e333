import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../helpers/repository-root';
import { findBoundaries } from '../../../tools/detection/boundaries/find-boundaries';
import { describeCase, sampleCases } from '../../integration/faults/crash/cases';
import { REASONS, ROWS } from '../../integration/faults/crash/matrix';

const PLATFORM = join(repositoryRoot(), 'platform');

const boundaries = readdirSync(PLATFORM, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => findBoundaries(name, readFileSync(join(PLATFORM, name), 'utf8')))
  .flatMap((boundary) => ('id' in boundary ? [boundary.id] : []));

test('every boundary of the platform has a row or a reason in the matrix', () => {
  const named = [...Object.keys(ROWS), ...Object.values(REASONS).flat()];

  expect([...named].sort()).toEqual([...boundaries].sort());
});

test('a seed selects the same sample again', () => {
  const sample = (seed: number) => sampleCases(seed, 20).map(describeCase);

  expect(sample(1)).toHaveLength(20);
  expect(sample(1)).toEqual(sample(1));
  expect(sample(1)).not.toEqual(sample(2));
});

test('a part of a description selects cases', () => {
  const selected = sampleCases(1, Infinity, 'before executor/events/fire-timers').map(describeCase);

  expect([...selected].sort()).toEqual(
    ['connection', 'database', 'platform', 'stack', 'worker'].map(
      (role) => `before executor/events/fire-timers:fireOfTenant#2 1, ${role}, timer`,
    ),
  );
});
