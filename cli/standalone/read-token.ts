import { EXIT_CODES } from '../../contract/errors';
import type { TokenSource } from '../../platform/workers/standalone/worker/token-renewal';
import { CommandError } from '../failures';
import type { StandaloneFlags } from './standalone-flags';
import { TokenFile } from './token-file';

/**
 * Where the token of a worker comes from: one of a file, an option and a variable. Throws
 * CommandError, exit 2.
 */
export function tokenSource({ tokenFile, token, name }: StandaloneFlags): TokenSource {
  const variable = process.env.PLATFORM_WORKER_TOKEN || undefined;
  const given = [tokenFile, token, variable].filter((source) => source !== undefined);
  if (given.length !== 1)
    throw new CommandError(
      `WORKER_TOKEN_SOURCE: ${given.length === 0 ? 'there is no token' : 'there is more than one token'}; use one of --token-file, PLATFORM_WORKER_TOKEN and --token, with a token of: tuningfork worker-token --name ${name}`,
      EXIT_CODES.usage,
    );
  return tokenFile === undefined ? inMemory(token ?? variable ?? '') : new TokenFile(tokenFile);
}

function inMemory(given: string): TokenSource {
  let current = given;
  return {
    read: () => Promise.resolve(current),
    save: (token) => {
      current = token;
      return Promise.resolve(null);
    },
  };
}
