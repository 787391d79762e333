import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCoverage } from '../../../tools/detection/run/coverage';
import { testDirectory } from '../../test-directory';

test('a mutant belongs to the claims that ran when a process reached it', () => {
  const directory = testDirectory();
  writeFileSync(join(directory, '41'), '900 1 2\n1500 2 3\n2050 4\n');
  writeFileSync(join(directory, '42'), '2500 3\n9000 5\n');

  const { byClaim, atStart } = readCoverage(directory, [
    { id: 'a', from: 1_000, to: 2_000 },
    { id: 'b', from: 2_010, to: 3_000 },
  ]);

  expect([...atStart]).toEqual(['1']);
  expect([...byClaim].map(([mutant, claims]) => [mutant, ...claims])).toEqual([
    ['2', 'a'],
    ['3', 'a', 'b'],
    ['4', 'a', 'b'], // written so soon after the end of `a` that it may have reached it
  ]);
});
