import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { isSystemError } from '../failures';
import { printNotice } from '../line-printer';

/** Variables with what opens the database, or signs and seals for the whole platform. */
const SECRET_VARIABLES = [
  ...['DATABASE_URL', 'PGPASSWORD', 'PLATFORM_TOKEN_SECRET', 'PLATFORM_ENCRYPTION_KEY', 'PLATFORM_METRICS_TOKEN'],
  'PLATFORM_FORMER_ENCRYPTION_KEY',
  'PLATFORM_AGENT_TOKEN',
  'PLATFORM_WORKER_TOKEN',
  ...['ATTUNE__SECURITY__JWT_SECRET', 'ATTUNE__SECURITY__ENCRYPTION_KEY'],
];

/** Fields of /proc/self/stat, from the state on: where arguments and environment start. */
const FIELDS = { argStart: 45, envStart: 47 } as const;

/**
 * Removes the platform's secrets from the environment, and these arguments from the command line,
 * after they were read: for processes that are started from now on, and for who reads
 * /proc/<pid>/environ or cmdline of this one. Linux keeps both in the process's own memory; where
 * that cannot be written, a line on stderr says so.
 */
export function hideSecrets(secretArguments: readonly string[]): void {
  const values = SECRET_VARIABLES.map((name) => process.env[name] ?? '').filter((value) => value !== '');
  for (const name of SECRET_VARIABLES) Reflect.deleteProperty(process.env, name);
  const secrets = [...values, ...secretArguments];
  if (process.platform !== 'linux' || secrets.length === 0) return;
  try {
    overwriteInMemory(secrets);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    printNotice(`the secrets of the environment stay readable in /proc: ${error.message}`);
  }
}

function overwriteInMemory(secrets: readonly string[]): void {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    overwrite(memory, readFileSync('/proc/self/cmdline'), fields[FIELDS.argStart]!, secrets);
    overwrite(memory, readFileSync('/proc/self/environ'), fields[FIELDS.envStart]!, secrets);
  } finally {
    closeSync(memory);
  }
}

/** Replaces each secret in the bytes, which lie in memory from `start` on, by `*`. */
function overwrite(memory: number, bytes: Buffer, start: number, secrets: readonly string[]): void {
  for (const secret of secrets) {
    const text = Buffer.from(secret);
    for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) {
      writeSync(memory, Buffer.alloc(text.length, '*'), 0, text.length, start + at);
    }
  }
}
