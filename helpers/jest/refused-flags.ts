import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { EXIT_CODES } from '../../contract/errors';
import { messageOf } from '../errors';

/** Modules of the suite that a flag of Jest would replace, and what is lost without each. */
const REPLACED = {
  testSequencer: 'the verdict about the run, and its results',
  globalSetup: 'the platform, and what was probed of it',
  globalTeardown: 'the check that the platform is the same, and its removal',
} as const;

/** One sentence for each flag of a command line that replaces a module of the suite. */
export function refusedFlags(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const flags = (end === -1 ? args : args.slice(0, end)).map((arg) => arg.split('=', 1)[0]!);
  return Object.entries(REPLACED).flatMap(([name, lost]) => {
    const spellings = [`--${name}`, `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`];
    const given = flags.find((flag) => spellings.includes(flag));
    return given === undefined
      ? []
      : [`FLAG_REFUSED: ${given} replaces a module of the suite, without which ${lost} would be lost: remove it`];
  });
}

/**
 * Why the file of `--outputFile` cannot be written; empty: it can, or none is named. Jest writes
 * it last, and exits with 1 instead of the verdict where it cannot.
 */
export function outputFaults(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => /^--output-?file(=|$)/i.test(arg));
  const path = at === -1 ? undefined : (/=(.*)$/.exec(args[at]!)?.[1] ?? args[at + 1]);
  if (path === undefined || path === '') return [];
  const isNew = !existsSync(path);
  try {
    closeSync(openSync(path, 'a'));
    if (isNew) rmSync(path);
    return [];
  } catch (error) {
    return [`OUTPUT_FILE_REFUSED: --outputFile=${path} cannot be written: ${messageOf(error)}`];
  }
}

/** Ends a run with such a flag before anything starts: exit 2. */
export function endRefusedRun(args: readonly string[]): void {
  const sentences = [...refusedFlags(args), ...outputFaults(args)];
  if (sentences.length === 0) return;
  process.stderr.write(sentences.map((sentence) => `tuningfork: ${sentence}\n`).join(''));
  process.exit(EXIT_CODES.usage);
}
