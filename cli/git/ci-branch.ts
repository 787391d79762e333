import type { Env } from '../../contract/environment';
import { git } from './git';

/** Where a CI service names the branch of a run. */
interface CiService {
  /** Variables with a branch, the source of a pull request before its target. */
  readonly branch: readonly string[];
  /** Set to a text or to `true` in a run of a tag, in which the others may hold the tag. */
  readonly tag?: readonly string[];
  /** With the value `tag` in such a run. */
  readonly kind?: string;
}

/** By the documentation of each; the names of their variables say which it is. */
const SERVICES: readonly CiService[] = [
  { branch: ['GITHUB_HEAD_REF', 'GITHUB_REF_NAME'], kind: 'GITHUB_REF_TYPE' },
  {
    branch: [
      'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME',
      'CI_COMMIT_SOURCE_BRANCH',
      'CI_COMMIT_BRANCH',
      'CI_COMMIT_REF_NAME',
    ],
    tag: ['CI_COMMIT_TAG'],
  },
  { branch: ['BUILDKITE_BRANCH'], tag: ['BUILDKITE_TAG'] },
  { branch: ['CIRCLE_BRANCH'], tag: ['CIRCLE_TAG'] },
  { branch: ['TRAVIS_PULL_REQUEST_BRANCH', 'TRAVIS_BRANCH'], tag: ['TRAVIS_TAG'] },
  { branch: ['BITBUCKET_BRANCH'], tag: ['BITBUCKET_TAG'] },
  { branch: ['DRONE_SOURCE_BRANCH', 'DRONE_BRANCH'], tag: ['DRONE_TAG'] },
  { branch: ['SYSTEM_PULLREQUEST_SOURCEBRANCH', 'BUILD_SOURCEBRANCH'] },
  {
    branch: ['APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH', 'APPVEYOR_REPO_BRANCH'],
    tag: ['APPVEYOR_REPO_TAG_NAME', 'APPVEYOR_REPO_TAG'],
  },
  {
    branch: ['SEMAPHORE_GIT_PR_BRANCH', 'SEMAPHORE_GIT_BRANCH'],
    tag: ['SEMAPHORE_GIT_TAG_NAME'],
    kind: 'SEMAPHORE_GIT_REF_TYPE',
  },
  { branch: ['CM_BRANCH'], tag: ['CM_TAG'] },
  { branch: ['BITRISE_GIT_BRANCH'], tag: ['BITRISE_GIT_TAG'] },
  { branch: ['CIRRUS_BRANCH'], tag: ['CIRRUS_TAG'] },
];

/** Of Jenkins, whose names a shell may have for something else. */
const JENKINS: readonly CiService[] = [
  { branch: ['CHANGE_BRANCH', 'BRANCH_NAME', 'GIT_LOCAL_BRANCH', 'GIT_BRANCH'], tag: ['TAG_NAME'] },
];

/**
 * The branch of a run in a directory: as a CI service names it, as git does, or as Jenkins does.
 * Null: none of them names one, for example in a run of a tag.
 */
export async function branchOfRun(directory: string, branchOfGit: string | null, env: Env): Promise<string | null> {
  const candidates = [
    ...branchesOf(SERVICES, env),
    ...(branchOfGit === null ? branchesOf(JENKINS, env) : [branchOfGit]),
  ];
  for (const name of candidates) if (!(await isTagAlone(directory, name))) return name;
  return null;
}

/** The branches that the variables of these services name, the first service first. */
const branchesOf = (services: readonly CiService[], env: Env): string[] =>
  services.flatMap(({ branch, tag = [], kind }) => {
    const isTag = tag.some((name) => !['', 'false'].includes(env[name] ?? '')) || (kind && env[kind] === 'tag');
    return isTag ? [] : branch.map((name) => branchName(env[name] ?? '')).filter((name) => name !== '');
  });

/** Some services write references. Empty: a tag, a pull request, or no branch. */
function branchName(text: string): string {
  const name = text.trim().replace(/^refs\/heads\/|^refs\/remotes\/origin\/|^origin\//, '');
  const isOther = /^(refs\/.*|HEAD|\(no branch\)|(pull\/)?\d+(\/(merge|head))?|pull\/.*\/(merge|head))$/.test(name);
  return isOther ? '' : name;
}

/** Whether the repository has a tag of this name, and no branch. */
async function isTagAlone(directory: string, name: string): Promise<boolean> {
  const patterns = [`refs/tags/${name}`, `refs/heads/${name}`, `refs/remotes/*/${name}`];
  const found = await git(directory, 'for-each-ref', '--format=%(refname)', ...patterns).catch(() => '');
  const references = found.split('\n').filter((reference) => reference !== '');
  return references.includes(patterns[0]!) && references.length === 1;
}
