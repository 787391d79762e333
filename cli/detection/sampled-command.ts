import { EXIT_CODES } from '../../contract/errors';
import { FaultError } from '../../tools/detection/fault';
import { CopyInUse } from '../../tools/detection/run/scratch-copy';
import { CommandError } from '../failures';

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
