import { readdirSync } from 'node:fs';
import { outputFaults, refusedFlags } from '../../../helpers/jest/refused-flags';
import { testDirectory } from '../../test-directory';

test.each([
  ['--testSequencer=./own.js', '--testSequencer'],
  ['--test-sequencer', '--test-sequencer'],
  ['--globalSetup=./own.js', '--globalSetup'],
  ['--global-teardown=./own.js', '--global-teardown'],
])('%s is refused by its name', (arg, name) => {
  expect(refusedFlags(['tests/unit', arg])).toEqual([
    expect.stringMatching(new RegExp(`^FLAG_REFUSED: ${name} replaces a module of the suite, .+: remove it$`)),
  ]);
});

test('other flags and patterns are not refused', () => {
  const args = ['tests/e2e', '-i', '--reporters=default', '--json', '--shard=1/2', '--ci', '--', '--testSequencer'];
  expect(refusedFlags(args)).toEqual([]);
});

test.each([
  ['--outputFile=/proc/none/o.json'],
  ['--outputFile', '/proc/none/o.json'],
  ['--output-file=/proc/none/o.json'],
])('%s is refused where it cannot be written', (...args) => {
  expect(outputFaults(['t2-02', '--json', ...args])).toEqual([
    expect.stringContaining('--outputFile=/proc/none/o.json cannot be written: ENOENT'),
  ]);
});

test('a file that can be written is not made before the run', () => {
  const directory = testDirectory();
  expect(outputFaults([`--outputFile=${directory}/o.json`])).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});
