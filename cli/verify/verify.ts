import { writeFileSync } from 'node:fs';
import { EXIT_CODES } from '../../contract/errors';
import { writeJson } from '../../contract/json-text/write-json';
import type { Client } from '../../helpers/client/client';
import { unlessInterrupted } from '../../helpers/unless-interrupted';
import { withPlatform, type LogIn } from '../run/command-platform';
import { warnUnlessWritten } from '../sandbox/written';
import { interruptible } from '../stop-cause';
import { proveLoop } from './prove-loop';
import type { Verdict } from './receipt';
import { Steps } from './steps';
import { readLoop } from './workflow-loop';

/** Options of every verification: those that were not given are absent. */
export interface CommonVerifyFlags {
  readonly receipt?: string;
  readonly target?: string;
  readonly allowSkipped?: true;
  readonly json?: true;
}

/** Parsed options. `expect` is false with `--no-expect`. */
export interface VerifyFlags extends CommonVerifyFlags {
  readonly inputs?: string;
  readonly expect?: string | boolean;
  readonly keep?: true;
  /** How far the clock is moved, ms. */
  readonly pass?: number;
}

/** Of the platform that is started for a loop whose clock is moved. */
export const VIRTUAL_TIME = { PLATFORM_VIRTUAL_TIME: 'on' } as const;

/**
 * Proves a workflow on a platform: uploads its pack, compiles it, runs it, and compares its output
 * with the expected one. Prints the receipt as one line of JSON; the steps go to stderr. Exit 0:
 * proven; 1: it is not as expected; 5: nothing was expected, or not everything could be reached.
 */
export async function verify(file: string, flags: VerifyFlags): Promise<void> {
  const { inputs, expect } = flags;
  const loop = readLoop(file, {
    inputs,
    expectsOutput: expect !== false,
    passMs: flags.pass ?? null,
    ...(typeof expect === 'string' && { expect }),
  });
  const steps = new Steps(flags.json ?? false);
  const print = (line: string) => steps.detail([line]);
  const options = { allowSkipped: flags.allowSkipped ?? false };
  await interruptible('nothing was started', (stop, report) => {
    const use = async (client: Client, url: string, logInAgain: LogIn) => {
      steps.passed('the platform is ready');
      writeReceipt(await proveLoop(client, loop, { steps, url, report, logInAgain, ...options }), flags);
      if (flags.keep) await keepUntil(stop, steps, url);
    };
    const settings = loop.timeline === null ? {} : VIRTUAL_TIME;
    return withPlatform(flags.target, { stop, report, print, settings }, use);
  });
}

/**
 * Prints a receipt, and decides the exit code. A file that cannot be written is a warning, and
 * changes neither.
 */
export function writeReceipt(receipt: { readonly verdict: Verdict }, { receipt: file }: CommonVerifyFlags): void {
  process.stdout.write(`${writeJson(receipt)}\n`);
  process.exitCode = EXIT_BY_VERDICT[receipt.verdict];
  if (file !== undefined) warnUnlessWritten(file, () => writeFileSync(file, `${writeJson(receipt, 2)}\n`));
}

const EXIT_BY_VERDICT: Readonly<Record<Verdict, number>> = {
  proven: EXIT_CODES.done,
  failed: EXIT_CODES.testFailed,
  'not proven': EXIT_CODES.notProven,
};

/** Lets people look at what ran, until Ctrl-C. */
async function keepUntil(stop: AbortSignal, steps: Steps, url: string): Promise<void> {
  steps.detail([`the platform runs until Ctrl-C: ${url}`]);
  await unlessInterrupted(stop, new Promise<void>(() => undefined));
}
