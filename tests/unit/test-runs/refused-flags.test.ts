import { refusedFlags } from '../../../helpers/jest/refused-flags';

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
