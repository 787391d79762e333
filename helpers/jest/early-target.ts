import { join } from 'node:path';
import { repositoryRoot } from '../repository-root';
import { isAttaching } from '../target/is-attaching';
import { spawnSuitePlatform, type SuitePlatform } from '../target/start/spawn-suite-platform';
import { matchesPattern, pathPatterns } from './path-patterns';
import { testFiles } from './selected-needs';

/** Whether a command line of Jest certainly runs one of these files of a clone. */
export function runsOneOf(paths: readonly string[], args: readonly string[], root: string): boolean {
  const patterns = pathPatterns(args);
  if (patterns === null) return false;
  return patterns.length === 0 || paths.some((path) => patterns.some((each) => matchesPattern(each, path, root)));
}

let early: Promise<SuitePlatform> | null = null;

/**
 * Starts the platform before Jest starts, if the command line certainly runs scenarios on one: the
 * global setup then takes it. It ends with this process in any case. Resolves when its process
 * runs: Jest leaves no time for other work in its first half second.
 */
export async function startEarly(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  if (early !== null || isAttaching(env)) return;
  const root = repositoryRoot();
  if (!runsOneOf(testFiles(join(root, 'tests/e2e')), args, root)) return;
  early = spawnSuitePlatform();
  await early.catch(() => {}); // the global setup reports it
}

/** The platform that was started early, for its one user. */
export function takeEarly(): Promise<SuitePlatform> | null {
  const taken = early;
  early = null;
  return taken;
}
