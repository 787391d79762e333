import { repositoryRoot } from '../../../../helpers/repository-root';
import { selectedProjects } from '../../../../helpers/jest/selected-projects';

const FOLDERS = ['tests/unit/helpers', 'tests/e2e/tier1', 'tests/e2e/tier2'].map((folder) => ({ folder }));
const selected = (...args: string[]) =>
  selectedProjects(FOLDERS, args, repositoryRoot()).map(({ folder }) => folder.split('/').at(-1));

test.each([
  ['a directory', ['tests/e2e/tier2'], ['tier2']],
  ['a path from here', ['./tests/e2e/tier2/t2-11'], ['tier2']],
  ['a pattern in other letters', ['T1-'], ['tier1']],
  ['patterns of two projects', ['t2-11', 'tests/unit'], ['helpers', 'tier2']],
  ['a pattern beside a title', ['t2-11', '-t', 'T1.1a'], ['tier2']],
])('only the projects with files of %s are read', (_, args, expected) => {
  expect(selected(...args)).toEqual(expected);
});

test.each([
  ['no pattern', []],
  ['a pattern without a file', ['no-such-file']],
  ['an invalid pattern, which Jest ignores', ['t2-11(']],
  ['an option that may select others', ['--onlyFailures', 't2-11']],
])('all projects are read for %s', (_, args) => {
  expect(selected(...args)).toEqual(['helpers', 'tier1', 'tier2']);
});
