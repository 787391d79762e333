import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { CommandError, usageError } from '../failures';
import { changedFiles, resolveBase } from '../git/changed-files';
import { git } from '../git/git';
import { interruptible } from '../stop-cause';
import { installPackage, packProject, readTarball, type Tarball } from './npm';
import { proveInstalled } from './prove-installed';
import { searchPackage } from './search-package';
import { SmokeSteps } from './smoke-steps';

/** Parsed options. */
export interface SmokeFlags {
  readonly json?: true;
}

/** What was proven of a package, as far as it was. */
interface Findings {
  package?: Pick<Tarball, 'file' | 'bytes' | 'sha256'> & { version?: string };
  loop?: unknown;
}

/**
 * Proves that the packed project works where it is installed: packs it, or takes the tarball,
 * installs it in a directory of its own, starts its platform, proves the example on it, and
 * removes the directory. Prints the receipt as one line of JSON; the steps go to stderr. Exit 0:
 * proven; 1: a step failed; 2: SMOKE_NEEDS_RELEASE, nothing was made; 3: the host or the registry
 * failed.
 */
export async function smoke(tarball: string | undefined, { json }: SmokeFlags, root: string): Promise<void> {
  if (tarball !== undefined) requireTarball(tarball);
  const commit = tarball === undefined ? await requireRelease(root) : null;
  const steps = new SmokeSteps(json ?? false);
  await interruptible('its platform has ended, and its directory is removed', async (stop) => {
    const findings: Findings = {};
    await inDirectory(steps, (directory) => prove(findings, { tarball, root, directory, steps, stop })).catch(
      (error: unknown) => {
        if (!(error instanceof CommandError)) throw error;
      },
    );
    const verdict = steps.exitCode === null ? 'proven' : 'failed';
    process.stdout.write(`${JSON.stringify({ verdict, commit, ...findings, steps: steps.ended })}\n`);
    process.exitCode = steps.exitCode ?? EXIT_CODES.done;
  });
}

interface ProveOptions {
  readonly tarball: string | undefined;
  readonly root: string;
  readonly directory: string;
  readonly steps: SmokeSteps;
  readonly stop: AbortSignal;
}

/** Adds to the findings what each step finds. Throws CommandError where one fails. */
async function prove(findings: Findings, { tarball, root, directory, steps, stop }: ProveOptions): Promise<void> {
  const packed =
    tarball === undefined
      ? await steps.run('pack', () => packProject(root, directory, stop), described('packed'))
      : await steps.run('pack', () => readTarball(tarball), described('read'));
  const { file, bytes, sha256 } = packed;
  findings.package = { file, bytes, sha256 };
  const installed = await steps.run(
    'install',
    () => installPackage(packed, directory, stop),
    ({ packages }) => `installed in a directory of its own: ${packages} packages`,
  );
  findings.package.version = installed.version;
  await steps.run(
    'search',
    () => searchPackage(installed.root, root),
    (files) => `no secret and no path of this project in its ${files} files`,
  );
  findings.loop = await proveInstalled(installed, steps, stop);
}

const described =
  (verb: string) =>
  ({ file, bytes }: Tarball): string =>
    `${verb} ${file}, ${(bytes / 1_000_000).toFixed(1)} MB`;

/** Makes a directory, and removes it however the work ends. */
async function inDirectory(steps: SmokeSteps, work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'tuningfork-smoke-'));
  try {
    await work(directory);
  } finally {
    await steps.run(
      'remove',
      () => rmSync(directory, { recursive: true, force: true }),
      () => 'the directory is removed',
    );
  }
}

const SHOWN_FILES = 10;

/**
 * The commit of the checkout, which a release is made of. Throws CommandError, exit 2,
 * SMOKE_NEEDS_RELEASE: a file differs from the commit, or the project is no checkout.
 */
async function requireRelease(root: string): Promise<string> {
  const checkout = await git(root, 'rev-parse', '--show-toplevel').catch(() => null);
  if (checkout === null || checkout.trim() !== realpathSync(root)) throw needsRelease(`${root} is no checkout of git`);
  const head = await resolveBase(root, 'HEAD');
  const changed = await changedFiles(root, head);
  if (changed.length > 0) throw needsRelease(`${differing(changed)} from the commit`);
  return head.commit;
}

const differing = (files: readonly string[]): string => {
  const more = files.length - SHOWN_FILES;
  const names = files.slice(0, SHOWN_FILES).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return files.length === 1 ? `${names} differs` : `${names} differ`;
};

const needsRelease = (reason: string): CommandError =>
  usageError(
    `SMOKE_NEEDS_RELEASE: ${reason}: commit or remove what differs, or give a tarball: tuningfork smoke <tarball>`,
  );

/** Throws CommandError, exit 2, where there is no such file. */
function requireTarball(path: string): void {
  if (existsSync(path)) return;
  throw usageError(`there is no file ${path}: give a tarball as \`npm pack\` writes it`);
}
