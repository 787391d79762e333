import type { Command } from 'commander';
import { examples } from '../examples';

const HELP = {
  hub: examples([
    ['npx tuningfork hub flush', 'post the reports that could not be posted after their runs'],
    ['npx tuningfork hub status', 'print how many wait, and since when'],
  ]),
  flush: `${examples([
    ['npx tuningfork hub flush', 'post them to the hub that HUB_URL names'],
    ['npx tuningfork hub flush --hub http://127.0.0.1:8090', 'post them to this one'],
  ])}

Exit codes: 0 no report waits; 1 the hub has rejected one, which is set aside with its reason; 2 no hub is named;
3 the hub was not reached.`,
  status: `${examples([['npx tuningfork hub status --json', 'print the counts for a program']])}

Exit codes: 0 always.`,
};

/** Adds `hub` and its commands. Each is imported when it runs. */
export function addHub(tuningfork: Command): void {
  const hub = tuningfork.command('hub').description('post the reports of sandbox runs').addHelpText('after', HELP.hub);
  hub
    .command('flush')
    .description('post the reports in the spool, oldest first')
    .option('--hub <url>', 'where reports are posted (default: HUB_URL)')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP.flush)
    .action(async (flags: { hub?: string; json?: true }) => (await import('./flush')).hubFlush(flags));
  hub
    .command('status')
    .description('print what is in the spool')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP.status)
    .action(async (flags: { json?: true }) => (await import('./status')).hubStatus(flags));
}
