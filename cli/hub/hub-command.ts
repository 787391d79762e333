import type { Command } from 'commander';
import { examples } from '../examples';
import { wholeNumber } from '../settings/whole-number';
import type { HubServeFlags } from './serve';
import type { HubShowFlags } from './show';

const HELP = {
  hub: examples([
    ['npx tuningfork hub serve', 'store the reports of runs, and show them in a browser'],
    ['npx tuningfork hub show greeter', 'print the newest runs of a repository'],
    ['npx tuningfork hub flush', 'post the reports that could not be posted after their runs'],
    ['npx tuningfork hub status', 'print how many wait, and since when'],
  ]),
  serve: `${examples([
    ['npx tuningfork hub serve', 'run a hub on http://127.0.0.1:8090 until Ctrl-C'],
    ['npx tuningfork hub serve --database-url postgres://…', 'store the reports in this PostgreSQL'],
    ['HUB_TOKEN=… npx tuningfork hub serve --host 0.0.0.0', 'serve other hosts, which need the token'],
  ])}

Without a database, PostgreSQL runs with its files in the data directory. The database is one of its own.

Exit codes: 0 stdin ended (--exit-with-stdin); 2 an option is invalid, the token is missing, or the database has the
tables of another program; 3 it could not start; a signal ends it by that signal.`,
  show: `${examples([
    ['npx tuningfork hub show', 'print the newest runs of all repositories'],
    ['npx tuningfork hub show greeter --limit 5 --json', 'print five of one, for a program'],
  ])}

Exit codes: 0 done; 1 the hub rejects the request; 2 no hub is named; 3 it was not reached.`,
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
  const hub = tuningfork
    .command('hub')
    .description('store, show and post the reports of sandbox runs')
    .addHelpText('after', HELP.hub);
  hub
    .command('serve')
    .description('run a hub: it stores reports in PostgreSQL, and shows them')
    .option('--port <number>', 'port to listen on; 0 selects a free one', wholeNumber(65_535), 8_090)
    .option('--host <address>', 'address to listen on; beyond loopback with HUB_TOKEN only', '127.0.0.1')
    .option('--data <dir>', 'directory of the embedded PostgreSQL')
    .option('--database-url <url>', 'an existing PostgreSQL (default: HUB_DATABASE_URL)')
    .option('--keep-days <number>', 'how long a report is kept', wholeNumber(36_500, 1), 365)
    .option('--json', 'print one line of JSON when ready')
    .option('--exit-with-stdin', 'stop when stdin ends')
    .addHelpText('after', HELP.serve)
    .action(async (flags: HubServeFlags) => (await import('./serve')).hubServe(flags));
  hub
    .command('show')
    .description('print the newest runs of a hub')
    .argument('[repository]', 'the name of a repository (default: all)')
    .option('--hub <url>', 'which hub (default: HUB_URL)')
    .option('--limit <number>', 'at most so many runs', wholeNumber(200), 20)
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP.show)
    .action(async (repository: string | undefined, flags: HubShowFlags) =>
      (await import('./show')).hubShow(repository, flags),
    );
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
