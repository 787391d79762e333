import { join } from 'node:path';
import { repositoryRoot } from '../repository-root';
import { isAttaching } from '../target/is-attaching';
import { spawnSuitePlatform, type SuitePlatform } from '../target/start/spawn-suite-platform';
import { testFiles } from './selected-needs';

/** Options of Jest that do not change which files run, or whether they do. */
const FLAGS = /^(-i|--runInBand|--json|--verbose|--silent|--ci|-b|--bail|--colors?|--no-colors?|--forceExit|--expand)$/;
/** Those with a value, in the same argument or in the next one. */
const WITH_VALUE = /^(-t|--testNamePattern|--outputFile|-w|--maxWorkers|--reporters|--testTimeout)(=|$)/;

/**
 * The patterns of a command line of Jest that runs every test file which they match; null for one
 * with any other option.
 */
export function pathPatterns(args: readonly string[]): string[] | null {
  const patterns: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    const [, , equals] = WITH_VALUE.exec(arg) ?? [];
    if (equals === '') index += 1;
    else if (equals === undefined && !FLAGS.test(arg)) {
      if (arg.startsWith('-')) return null;
      patterns.push(arg);
    }
  }
  return patterns;
}

/** Whether a command line of Jest certainly runs one of these files. */
export function runsOneOf(paths: readonly string[], args: readonly string[]): boolean {
  const patterns = pathPatterns(args);
  if (patterns === null) return false;
  return patterns.length === 0 || paths.some((path) => patterns.some((pattern) => matches(pattern, path)));
}

function matches(pattern: string, path: string): boolean {
  try {
    return new RegExp(pattern, 'i').test(path);
  } catch {
    return false; // Jest reports it
  }
}

let early: Promise<SuitePlatform> | null = null;

/**
 * Starts the platform before Jest starts, if the command line certainly runs scenarios on one: the
 * global setup then takes it. It ends with this process in any case. Resolves when its process
 * runs: Jest leaves no time for other work in its first half second.
 */
export async function startEarly(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  if (early !== null || isAttaching(env)) return;
  if (!runsOneOf(testFiles(join(repositoryRoot(), 'tests/e2e')), args)) return;
  early = spawnSuitePlatform();
  await early.catch(() => {}); // the global setup reports it
}

/** The platform that was started early, for its one user. */
export function takeEarly(): Promise<SuitePlatform> | null {
  const taken = early;
  early = null;
  return taken;
}
