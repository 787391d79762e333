import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addedLines } from '../../../cli/git/added-lines';
import { branchOf } from '../../../cli/git/branch-of';
import { resolveBase } from '../../../cli/git/changed-files';
import { branchOfRun } from '../../../cli/git/ci-branch';
import { testDirectory } from '../../test-directory';

const root = testDirectory();

const full = join(root, 'full');
const shallow = join(root, 'shallow');
const AUTHOR = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
const git = (directory: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

beforeAll(() => {
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', full]);
  for (const n of [1, 2, 3, 4]) {
    writeFileSync(join(full, 'file'), `line ${n}\n`);
    git(full, 'add', 'file');
    git(full, ...AUTHOR, 'commit', '--quiet', '--message', `commit ${n}`);
  }
  git(full, 'tag', 'v4');
  execFileSync('git', ['clone', '--quiet', '--depth=2', `file://${full}`, shallow]);
});

test.each(['HEAD~2', 'HEAD~3'])('%s is beyond a shallow clone, which the message names', async (revision) => {
  expect((await resolveBase(full, revision)).revision).toBe(revision);
  await expect(resolveBase(shallow, revision)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^REVISION_UNKNOWN: .+ shallow clone.+`git fetch --unshallow`.+`fetch-depth: 0`/),
  });
});

test('a full clone without the revision is no shallow one', async () => {
  await expect(resolveBase(full, 'none')).rejects.toMatchObject({
    message: 'REVISION_UNKNOWN: there is no commit none in this repository: name another revision',
  });
});

test('commits that a shallow clone lacks are not taken for new files', async () => {
  const oldest = git(full, 'rev-parse', 'HEAD~3');
  git(shallow, 'fetch', '--quiet', '--depth=1', 'origin', oldest);

  await expect(addedLines(shallow, { revision: 'old', commit: oldest })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^HISTORY_SHALLOW: the commits from old to HEAD .+`git fetch --unshallow`/),
  });
  const fromParent = await addedLines(shallow, await resolveBase(shallow, 'HEAD~1'));
  expect(fromParent.map(({ path, lines }) => [path, lines])).toEqual([
    ['file', [{ line: 1, text: 'line 4' }]],
    ['file', [{ line: 1, text: 'line 4' }]],
  ]);
});

test('a detached HEAD has the branch of the CI service, and a tag is none', async () => {
  git(full, 'checkout', '--quiet', '--detach');
  const branchWith = async (env: Readonly<Record<string, string>>) => branchOfRun(full, await branchOf(full), env);

  expect(await branchWith({})).toBeNull();
  expect(await branchWith({ DRONE_BRANCH: 'v4' })).toBeNull();
  expect(await branchWith({ DRONE_BRANCH: 'main' })).toBe('main');
  expect(await branchWith({ BRANCH_NAME: 'fix' })).toBe('fix');
});
