import { EXIT } from '../../contract/errors';
import { ApiError } from '../errors';
import { TargetError } from '../target-error';

/** Ends the run for want of a target: one clear message, no stack, exit 3. Anything unforeseen keeps its stack. */
export function endUnprovisioned(error: unknown): never {
  const expected = error instanceof TargetError || error instanceof ApiError;
  const text = expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`\ntuningfork: ${text}\n`);
  process.exit(EXIT.notProvisioned);
}
