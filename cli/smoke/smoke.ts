import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { CommandError } from '../failures';
import { interruptible } from '../stop-cause';
import { installPackage, packProject, readTarball, type Tarball } from './npm';
import { proveInstalled } from './prove-installed';
import { requireRelease, requireTarball } from './release-state';
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
  await interruptible(async (stop) => {
    const findings: Findings = {};
    await inDirectory(steps, (directory) => prove(findings, { tarball, root, directory, steps, stop })).catch(
      (error: unknown) => {
        if (!(error instanceof CommandError)) throw error;
      },
    );
    const verdict = steps.exitCode === null ? 'proven' : 'failed';
    process.stdout.write(`${JSON.stringify({ verdict, commit, ...findings, steps: steps.ended })}\n`);
    process.exitCode = steps.exitCode ?? EXIT_CODES.done;
  }, 'its platform has ended, and its directory is removed');
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
