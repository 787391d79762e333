import { runsOneOf } from '../../../../helpers/jest/early-target';

const FILES = ['/clone/tests/e2e/tier1/t1-01-timer.test.ts', '/clone/tests/e2e/tier2/t2-11-sequence.test.ts'];

test.each([
  ['no pattern', [], true],
  ['a directory', ['tests/e2e/tier2'], true],
  ['a path from here', ['./tests/e2e/tier2'], true],
  ['a path from elsewhere', ['./e2e/tier2'], false],
  ['a pattern in other letters', ['T2-11'], true],
  ['a pattern beside one of other files', ['tests/unit', 't2-11'], true],
  ['a pattern of a title', ['t2-11', '-t', 'T2.11b'], true],
  ['options with their values', ['--json', '--outputFile=report.json', '-w', '2', '-i', 'tier2'], true],
  ['a pattern of other files', ['tests/unit'], false],
  ['a value that looks like a pattern', ['tests/unit', '-t', 'tier2'], false],
  ['an invalid pattern', ['tier2('], false],
  ['a list of the files', ['--listTests', 'tier2'], false],
  ['a part of the files', ['--shard=1/3'], false],
  ['a selection by changes', ['-o'], false],
  ['the files of a room', ['--selectProjects', 'tier2'], false],
])('whether scenarios certainly run is read from %s', (_, args, expected) => {
  expect(runsOneOf(FILES, args, '/clone')).toBe(expected);
});
