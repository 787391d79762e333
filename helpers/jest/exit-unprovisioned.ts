import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { SwitchError } from '../target/run-switches';
import { unusableTargetMessage } from '../target/unusable-target';

/**
 * Ends a run without a usable target: prints one message and exits with 3, or with 2 if a variable
 * of the run is wrong. Unexpected errors are printed with their stack.
 */
export function exitUnprovisioned(error: unknown): never {
  if (error instanceof SwitchError) {
    process.stderr.write(`\ntuningfork: ${terminalText(error.message)}\n`);
    process.exit(EXIT_CODES.usage);
  }
  printUnusable(error);
  process.exit(EXIT_CODES.notProvisioned);
}

/** Prints why a target is unusable; of an unexpected error the stack. */
export function printUnusable(error: unknown): void {
  const text =
    unusableTargetMessage(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.stderr.write(`\ntuningfork: ${terminalText(text)}\n`);
}
