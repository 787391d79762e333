import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LaunchOptions } from './launch-options';

/**
 * Runs one command line. `http-request` runs once for each request, so it loads no other command.
 */
export async function main(argv: readonly string[], launchOptions: LaunchOptions): Promise<void> {
  const [, , command, policy] = argv;
  if (command === 'http-request' && policy !== undefined) {
    const { httpRequestProgram } = await import('../platform/egress/http-request-program');
    return httpRequestProgram(policy);
  }
  const commands = await import('./main');
  return commands.runCommandLine(argv, launchOptions);
}

// Worker processes run the bundle from the run directory, and find the project by NODE_PATH.
if (require.main === module) {
  const root = dirname(process.env.NODE_PATH ?? join(__dirname, 'node_modules'));
  void main(process.argv, { root, bundle: readFileSync(__filename, 'utf8') });
}
