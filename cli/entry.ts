import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Surroundings } from './surroundings';

/** Runs one command line. A process that lives for one request is worth a shorter way in than the commands of people. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<void> {
  const [, , command, policy] = argv;
  if (command === 'http-request' && policy !== undefined) {
    const { httpRequestProgram } = await import('../platform/egress/program');
    return httpRequestProgram(policy);
  }
  const commands = await import('./main');
  return commands.main(argv, surroundings);
}

// Role processes run the bundle from the run directory, and find the project by the path of its packages.
if (require.main === module) {
  const root = dirname(process.env.NODE_PATH ?? join(__dirname, 'node_modules'));
  void main(process.argv, { root, bundle: readFileSync(__filename, 'utf8') });
}
