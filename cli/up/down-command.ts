import type { Command } from 'commander';
import { examples } from '../examples';
import { wholeNumber } from '../settings/whole-number';
import type { DownFlags } from './down';

const HELP = `${examples([
  ['npx tuningfork down', 'stop the platform on port 8080, and wait until it has ended'],
  ['npx tuningfork down --port 8090 --json', 'print {"port", "stopped"}; stopped is null where none listens'],
  ['npx tuningfork down --host 192.0.2.7', 'stop the one that listens on this address; others are not concerned'],
])}

Exit codes: 0 nothing listens there now; 1 it has not ended within 30 s; 2 another process holds the port, and was not
stopped.`;

/** `tuningfork down`. */
export function addDown(tuningfork: Command): void {
  tuningfork
    .command('down')
    .description('stop the platform on a port of this host')
    .option('--host <address>', 'address that it listens on', '127.0.0.1')
    .option('--port <number>', 'port of its API', wholeNumber(65_535, 1), 8_080)
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP)
    .action(async (options: DownFlags) => {
      const { down } = await import('./down');
      await down(options);
    });
}
