import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { CommandError, isSystemError } from '../failures';
import { runProgram } from './run-program';

const PACKAGE = 'tuningfork';

/** A package as `npm pack` writes it. */
export interface Tarball {
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** An installed package. */
export interface Installation {
  /** Directory of the package. */
  readonly root: string;
  /** Its program, as npm links it. */
  readonly program: string;
  readonly version: string;
  /** Number of all installed packages. */
  readonly packages: number;
}

/** Packs the project. Throws CommandError where npm fails. */
export async function packProject(root: string, directory: string, stop: AbortSignal): Promise<Tarball> {
  const into = join(directory, 'packed');
  mkdirSync(into);
  await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', into], root, stop);
  return readTarball(join(into, readdirSync(into)[0]!));
}

export function readTarball(path: string): Tarball {
  const content = readFileSync(path);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path: resolve(path), file: basename(path), bytes: content.length, sha256 };
}

/**
 * Installs the package into an empty project, with what a user gets: its production dependencies
 * in their current versions. Throws CommandError.
 */
export async function installPackage({ path }: Tarball, directory: string, stop: AbortSignal): Promise<Installation> {
  const project = join(directory, 'installed');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  const options = ['--json', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await npm(['install', ...options, '--prefix', project, path], project, stop);
  const root = join(project, 'node_modules', PACKAGE);
  const program = join(project, 'node_modules/.bin', PACKAGE);
  if (!existsSync(join(root, 'package.json')) || !existsSync(program))
    throw new CommandError(
      `PACKAGE_INVALID: the tarball is no package ${PACKAGE} with a program`,
      EXIT_CODES.testFailed,
    );
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const lock = readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: object };
  return { root, program, version, packages: Object.keys(packages).length };
}

/** Codes of npm for a fault of the host, its network or the registry, and not of the package. */
const HOST_FAULTS = [
  ...['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'ERR_SOCKET_TIMEOUT', 'ENOTCACHED'],
  ...['E401', 'E403', 'E429', 'E500', 'E502', 'E503', 'E504', 'ENOSPC', 'EACCES', 'EROFS'],
];

/** Throws CommandError, exit 3: npm is missing, or the host failed; exit 1: another failure. */
async function npm(args: readonly string[], directory: string, stop: AbortSignal): Promise<void> {
  const program = runProgram('npm', args, { directory, env: process.env, stop });
  const { code, stdout, stderr } = await program.catch((error: unknown) => {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
    throw new CommandError('NPM_MISSING: there is no npm on the PATH: install it with Node');
  });
  if (code === 0) return;
  const { error } = parseFailure(stdout);
  const isHostFault = HOST_FAULTS.includes(error?.code ?? '');
  const reason = error ? `${error.code ?? ''} ${error.summary ?? ''}`.trim() : stderr.trim();
  throw new CommandError(
    `NPM_FAILED: npm ${args[0]!}: ${reason}`,
    isHostFault ? EXIT_CODES.notProvisioned : EXIT_CODES.testFailed,
  );
}

/** What `--json` prints on a failure; nothing where npm could not print it. */
function parseFailure(stdout: string): { error?: { code?: string; summary?: string } } {
  try {
    return JSON.parse(stdout) as ReturnType<typeof parseFailure>;
  } catch {
    return {};
  }
}
