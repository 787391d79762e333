import { EXIT_CODES } from '../../contract/errors';

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

/** Ends a run with such a flag before anything starts: exit 2. */
export function endRefusedRun(args: readonly string[]): void {
  const sentences = refusedFlags(args);
  if (sentences.length === 0) return;
  process.stderr.write(sentences.map((sentence) => `tuningfork: ${sentence}\n`).join(''));
  process.exit(EXIT_CODES.usage);
}
