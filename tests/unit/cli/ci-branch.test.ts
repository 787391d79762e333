import { branchOfRun } from '../../../cli/git/ci-branch';

const NO_REPOSITORY = '/nonexistent';
const branchOf = (env: Readonly<Record<string, string>>, ofGit: string | null = null) =>
  branchOfRun(NO_REPOSITORY, ofGit, env);

test.each([
  ['a push on GitHub', { GITHUB_REF_NAME: 'main', GITHUB_REF_TYPE: 'branch', GITHUB_HEAD_REF: '' }, 'main'],
  ['a pull request on GitHub', { GITHUB_REF_NAME: '12/merge', GITHUB_HEAD_REF: 'fix/x' }, 'fix/x'],
  ['a pipeline of GitLab', { CI_COMMIT_BRANCH: 'main', CI_COMMIT_REF_NAME: 'main' }, 'main'],
  ['a merge request of GitLab', { CI_COMMIT_REF_NAME: 'b', CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'a' }, 'a'],
  ['Buildkite', { BUILDKITE_BRANCH: 'release/2' }, 'release/2'],
  ['CircleCI', { CIRCLE_BRANCH: 'main' }, 'main'],
  ['a pull request on Travis', { TRAVIS_BRANCH: 'main', TRAVIS_PULL_REQUEST_BRANCH: 'fix' }, 'fix'],
  ['Bitbucket', { BITBUCKET_BRANCH: 'main' }, 'main'],
  ['Drone', { DRONE_BRANCH: 'main', DRONE_SOURCE_BRANCH: 'fix' }, 'fix'],
  ['Azure', { BUILD_SOURCEBRANCH: 'refs/heads/feature/a' }, 'feature/a'],
  ['AppVeyor', { APPVEYOR_REPO_BRANCH: 'main', APPVEYOR_REPO_TAG: 'false' }, 'main'],
  ['Semaphore', { SEMAPHORE_GIT_BRANCH: 'main', SEMAPHORE_GIT_REF_TYPE: 'branch' }, 'main'],
  ['Codemagic', { CM_BRANCH: 'main' }, 'main'],
  ['a change in Jenkins', { BRANCH_NAME: 'PR-4', CHANGE_BRANCH: 'fix' }, 'fix'],
  ['the Git plug-in of Jenkins', { GIT_BRANCH: 'origin/main' }, 'main'],
])('%s names the branch', async (_, env, branch) => {
  expect(await branchOf(env)).toBe(branch);
});

test.each([
  ['a tag on GitHub', { GITHUB_REF_NAME: 'v1', GITHUB_REF_TYPE: 'tag' }],
  ['a tag on GitLab', { CI_COMMIT_REF_NAME: 'v1', CI_COMMIT_TAG: 'v1' }],
  ['a tag on Travis', { TRAVIS_BRANCH: 'v1', TRAVIS_TAG: 'v1' }],
  ['a tag on AppVeyor', { APPVEYOR_REPO_BRANCH: 'v1', APPVEYOR_REPO_TAG: 'true' }],
  ['a tag on Semaphore', { SEMAPHORE_GIT_BRANCH: 'v1', SEMAPHORE_GIT_REF_TYPE: 'tag' }],
  ['a tag on Azure', { BUILD_SOURCEBRANCH: 'refs/tags/v1' }],
  ['a pull request on Azure without its source', { BUILD_SOURCEBRANCH: 'refs/pull/3/merge' }],
  ['a fork on CircleCI', { CIRCLE_BRANCH: 'pull/12' }],
  ['a tag in Jenkins', { BRANCH_NAME: 'v1', TAG_NAME: 'v1' }],
  ['a detached HEAD', { GIT_BRANCH: 'HEAD', CM_BRANCH: ' ' }],
])('%s names none', async (_, env) => {
  expect(await branchOf(env)).toBeNull();
});

test('git comes after the services, and before the names that a shell may have', async () => {
  expect(await branchOf({ CIRCLE_BRANCH: 'ci', BRANCH_NAME: 'shell' }, 'local')).toBe('ci');
  expect(await branchOf({ BRANCH_NAME: 'shell' }, 'local')).toBe('local');
});
