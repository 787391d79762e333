import { writeFileSync } from 'node:fs';
import { isSystemError, usageError } from '../failures';
import { withNamedPlatform } from '../run/command-platform';
import { throwRejection } from '../run/rejection';
import { interruptible } from '../stop-cause';

/** Parsed options: those that were not given are absent. */
export interface WorkerTokenFlags {
  readonly name: string;
  readonly ttl?: number;
  readonly target?: string;
  readonly file?: string;
  readonly json?: true;
}

const OWNER_ONLY = 0o600;

/** Issues the token of a standalone worker, and prints it or writes it to a file. */
export async function workerToken({ name, ttl, target, file, json }: WorkerTokenFlags): Promise<void> {
  await interruptible('a token that was issued meanwhile is shown in no other place: revoke it', (stop) =>
    withNamedPlatform(target, stop, async (client) => {
      const { token, ...facts } = await client.standaloneWorkers
        .issueToken({ name, ...(ttl !== undefined && { ttl_seconds: ttl }) })
        .catch(throwRejection);
      if (file !== undefined) writeToken(file, token);
      const shown = file === undefined ? { ...facts, token } : facts;
      if (json) process.stdout.write(`${JSON.stringify(shown)}\n`);
      else if (file === undefined) process.stdout.write(`${token}\n`);
      if (!json) process.stderr.write(`the token of worker ${name} is valid until ${facts.expires_at}\n`);
    }),
  );
}

/** Exit 2 for a file that exists, or cannot be written. */
function writeToken(file: string, token: string): void {
  try {
    writeFileSync(file, `${token}\n`, { mode: OWNER_ONLY, flag: 'wx' });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw usageError(`TOKEN_FILE_UNUSABLE: ${error.message}; use --file with a new path`);
  }
}
