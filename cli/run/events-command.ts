import type { Command } from 'commander';
import { examples } from '../examples';
import { wholeNumber } from '../settings/whole-number';
import type { EventsTailFlags } from './events-tail';

const HELP = examples([
  ['npx tuningfork events tail --execution 41', 'follow the log of execution 41'],
  ['npx tuningfork events tail --help', 'print the options'],
]);

const TAIL_HELP = `${examples([
  ['npx tuningfork events tail --execution 41', 'print its entries as they are written, until it has ended'],
  ['npx tuningfork events tail --execution 41 --json', 'the same, one line of JSON each'],
  ['npx tuningfork events tail --execution 41 --newest-first', 'what there is now, the last entry first'],
  ['npx tuningfork events tail --execution 41 --target http://127.0.0.1:8080', 'on this platform'],
])}

The platform is named by --target, PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD. A lost
connection is retried for 26 s; no entry is printed twice.

Exit codes: 0 the execution has ended; 1 there is no such execution; 2 no platform is named; 3 none responds.`;

/** `tuningfork events tail`. */
export function addEvents(tuningfork: Command): void {
  const events = tuningfork
    .command('events')
    .description('read the append-only log of executions')
    .addHelpText('after', HELP);
  events
    .command('tail')
    .description('print the log of an execution as it is written')
    .requiredOption(
      '--execution <id>',
      'id of the execution; of a workflow: with all its tasks',
      wholeNumber(999_999_999, 1),
    )
    .option('--target <url>', 'read it on the platform at this address')
    .option('--newest-first', 'print what there is now, the last entry first')
    .option('--json', 'print each entry as one line of JSON')
    .addHelpText('after', TAIL_HELP)
    .action(async (options: EventsTailFlags) => {
      const { eventsTail } = await import('./events-tail');
      await eventsTail(options);
    });
}
