import { rememberedDigest } from '../../bin/content-cache';
import { EXIT_CODES } from '../../contract/errors';
import { FaultError } from '../../tools/detection/fault';
import type { MutantResult } from '../../tools/detection/mutants/mutant-run';
import { runSample, type SampleRequest } from '../../tools/detection/mutants/run-sample';
import { CopyInUse } from '../../tools/detection/run/scratch-copy';
import { CommandError } from '../failures';
import { interruptible } from '../stop-cause';

/** The seed of a sample, by default the date. Prints it and the command that repeats it. */
export function announceSeed(seed: string | undefined, command: readonly string[]): string {
  const usedSeed = seed ?? new Date().toISOString().slice(0, 10);
  const repeat = ['npx tuningfork', ...command, `--seed ${usedSeed}`].join(' ');
  process.stderr.write(`seed ${usedSeed}; repeat with: ${repeat}\n`);
  return usedSeed;
}

/** For the rejection of a run in a copy of the project: throws what the command line reports. */
export function asCommandError(error: unknown): never {
  if (error instanceof CopyInUse) throw new CommandError(error.message);
  if (error instanceof FaultError) throw new CommandError(error.message, EXIT_CODES.testFailed);
  throw error;
}

/** What decides which claims reach a change. */
const SOURCES = ['platform', 'contract', 'helpers', 'cli', 'packs', 'tests/e2e'];

interface SampleCommand extends Pick<SampleRequest, 'platforms'> {
  /** Of the project. */
  readonly root: string;
  /** Its words, without the seed and the result file. */
  readonly command: readonly string[];
  readonly flags: { readonly seed?: string; readonly results?: string; readonly json?: true };
  /** The mutants that the seed selects from a source, in the order in which they run. */
  readonly sampleOf: (seed: string) => Pick<SampleRequest, 'source' | 'select'>;
  readonly format: (results: readonly MutantResult[]) => string;
}

/** Runs a sample of mutants until its end or Ctrl-C, and prints and returns its results. */
export async function runSampleCommand(request: SampleCommand): Promise<readonly MutantResult[]> {
  const { root, command, platforms, sampleOf, format } = request;
  const { seed, results: file, json } = request.flags;
  const usedSeed = announceSeed(seed, [...command, ...(file === undefined ? [] : [`--results ${file}`])]);
  const results: MutantResult[] = [];
  await interruptible(
    `its tests have ended, and the copies are removed${file === undefined ? '' : `; ${file} has the results so far`}`,
    async (stop) => {
      const digest = rememberedDigest(root, SOURCES);
      const sample = {
        root,
        digest,
        ...sampleOf(usedSeed),
        platforms,
        results: file,
        stop,
        reportProgress: printProgress,
      };
      results.push(...(await runSample(sample).catch(asCommandError)));
      process.stdout.write(json ? `${JSON.stringify(results)}\n` : `${format(results)}\n`);
    },
  );
  return results;
}

const printProgress = (line: string): void => void process.stderr.write(`${line}\n`);
