import { EXIT_CODES } from '../../contract/errors';
import { unusableTargetMessage } from '../target/unusable-target';

/**
 * Ends a run without a usable target: prints one message and exits with 3. Unexpected errors are
 * printed with their stack.
 */
export function exitUnprovisioned(error: unknown): never {
  const text =
    unusableTargetMessage(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.stderr.write(`\ntuningfork: ${text}\n`);
  process.exit(EXIT_CODES.notProvisioned);
}
