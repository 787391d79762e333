import { relative } from 'node:path';

/** Options of Jest that do not change which files run, or whether they do. */
const FLAGS = /^(-i|--runInBand|--json|--verbose|--silent|--ci|-b|--bail|--colors?|--no-colors?|--forceExit|--expand)$/;
/** Those with a value, in the same argument or in the next one. */
const WITH_VALUE = /^(-t|--testNamePattern|--outputFile|-w|--maxWorkers|--reporters|--testTimeout)(=|$)/;

/**
 * The patterns of a command line of Jest that runs every test file which they match; null for one
 * with any other option, and for one with a pattern that is invalid: Jest then runs all files.
 */
export function pathPatterns(args: readonly string[]): string[] | null {
  const patterns: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    const [, , equals] = WITH_VALUE.exec(arg) ?? [];
    if (equals === '') index += 1;
    else if (equals === undefined && !FLAGS.test(arg)) {
      if (arg.startsWith('-') || !isValid(arg)) return null;
      patterns.push(arg);
    }
  }
  return patterns;
}

function isValid(pattern: string): boolean {
  try {
    new RegExp(pattern, 'i');
    return true;
  } catch {
    return false;
  }
}

/** Whether a valid pattern selects the file with this path in a clone, as in Jest. */
export function matchesPattern(pattern: string, path: string, root: string): boolean {
  const regex = new RegExp(pattern.replace(/^\.\//, '^'), 'i');
  return regex.test(relative(root, path)) || regex.test(path);
}
