import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { searchPackage } from '../../../cli/smoke/search-package';
import { repositoryRoot } from '../../../helpers/repository-root';
import { testDirectory } from '../../test-directory';

const PROJECT = '/src/project';
/** Computed: this file must have no token. */
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;

let directory: string;
beforeEach(() => {
  directory = testDirectory();
  mkdirSync(join(directory, 'gate'));
  cpSync(join(repositoryRoot(), 'gate/policy.yml'), join(directory, 'gate/policy.yml'));
});

const write = (file: string, content: string): void => writeFileSync(join(directory, file), content);

test('the files of a package without a finding are counted', () => {
  write('README.md', 'plain text\n');

  expect(searchPackage(directory, PROJECT)).toBe(2);
});

test('the place of each secret and of each path of the project is an error', () => {
  write('README.md', `plain text\nsee ${PROJECT}/README.md\n`);
  write('settings.txt', `token = "${TOKEN}"\n`);

  expect(() => searchPackage(directory, PROJECT)).toThrow(
    [
      'PACKAGE_UNFIT: the package contains what no release may:',
      'SECRET_FOUND: settings.txt:1 GitHub token',
      'LOCAL_PATH: README.md:2',
    ].join('\n'),
  );
});
