import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPlatform } from './fault-platform';
import type { LedgerLine } from './history/operations';
import { createShellAction } from '../shell-action';

export const PACK = 'faults';

export interface RecordingAction {
  readonly ref: string;
  /** What the processes of the action have recorded so far, in order. */
  ledger(): LedgerLine[];
}

/**
 * Creates an action whose processes record their attempt when they start and end, and print it.
 * They run until the file of the parameter `end_file` exists, if there is one.
 */
export async function createRecordingAction(platform: FaultPlatform): Promise<RecordingAction> {
  const file = join(platform.sharedDirectory, 'attempts.ledger');
  writeFileSync(file, '');
  chmodSync(file, 0o666); // a confined action runs as another user
  const result = 'echo "{\\"attempt\\": $PLATFORM_ATTEMPT}"';
  const wait = 'until [ -z "${end_file:-}" ] || [ -e "$end_file" ]; do sleep 0.05; done';
  const entrypoint = [recordLine(file, 'start'), wait, recordLine(file, 'end'), result].join('\n');
  const client = platform.client();
  const ref = await createShellAction(client, `${PACK}.record`, entrypoint);
  return { ref, ledger: () => parseLedger(readFileSync(file, 'utf8')) };
}

/** A command that appends a line about its attempt to the ledger. */
export const recordLine = (file: string, event: LedgerLine['event']): string =>
  `echo "$ATTUNE_EXEC_ID $PLATFORM_ATTEMPT ${event}" >> ${file}`;

export const parseLedger = (text: string): LedgerLine[] =>
  text.split('\n').flatMap((line) => {
    const [, execution, attempt, event] = /^(\d+) (\d+) (start|end)$/.exec(line) ?? [];
    if (event !== 'start' && event !== 'end') return [];
    return [{ execution: Number(execution), attempt: Number(attempt), event }];
  });
