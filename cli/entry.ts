import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { searchPathRoot } from '../platform/base/directories';
import { keepCompiled } from './keep-compiled';
import type { LaunchOptions } from './launch-options';

/**
 * Runs one command line. Processes of the platform load no other command: `worker-process`
 * and `read-packs`.
 */
export async function main(argv: readonly string[], launchOptions: LaunchOptions): Promise<void> {
  const [, , command] = argv;
  if (command === 'read-packs') {
    const { packProgram } = await import('../platform/packs/process/pack-program');
    return packProgram(() => keepCompiled(launchOptions));
  }
  if (command === 'worker-process') {
    const { worker } = await import('./worker');
    return worker(launchOptions);
  }
  const { endOnUnhandledSignals } = await import('./stop-cause');
  endOnUnhandledSignals();
  launchOptions.onSignalsHandled?.();
  const commands = await import('./main');
  return commands.runCommandLine(argv, launchOptions);
}

// A bundle that is run alone finds the project by NODE_PATH.
if (require.main === module) {
  const root = searchPathRoot(process.env.NODE_PATH ?? join(__dirname, 'node_modules'));
  void main(process.argv, { root, bundle: readFileSync(__filename, 'utf8') });
}
