import { EXIT } from '../../contract/errors';
import { ApiError, WaitError } from '../errors';
import { TargetError } from '../target-error';

/** Ends the run for want of a target: one clear message, no stack, exit 3. Anything unforeseen keeps its stack. */
export function endUnprovisioned(error: unknown): never {
  const text = expectedText(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.stderr.write(`\ntuningfork: ${text}\n`);
  process.exit(EXIT.notProvisioned);
}

function expectedText(error: unknown): string | null {
  if (error instanceof TargetError || error instanceof ApiError) return error.message;
  return error instanceof WaitError ? `the target accepts work and does not get on with it: ${error.message}` : null;
}
