import { Option, type Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import { givenOptions } from '../settings/given-options';
import { parseApiUrl, parseRoles } from '../settings/roles';
import { wholeNumber } from '../settings/whole-number';
import type { UpFlags } from './up-flags';

const HELP = `${examples([
  ['npx tuningfork up --port 0 --json', 'use free ports, and print them as one line of JSON'],
  ['npx tuningfork up --workers 4 --data ./data', 'run four workers, and keep all data in ./data'],
  ['npx tuningfork up --database-url postgres://…', 'use an existing PostgreSQL, version 14 or newer'],
  ['npx tuningfork up --port 0 --database-url postgres://… --join', 'run beside the platforms on this database'],
  ['npx tuningfork up --roles api,executor,notifier --data ./data', 'run no action and no sensor in this process'],
  ['npx tuningfork up --data ./data --admin-password-file ./admin', 'write the first password to a file'],
  ['npx tuningfork up --data ./data --compat attune', 'keep the data, with the known password'],
  ['npx tuningfork up --web ./dist', 'show another web client: a directory with its index.html'],
  ['npx tuningfork up --virtual-time', 'move its clock by tuningfork clock advance'],
  ['npx tuningfork up --data ./data --host 0.0.0.0', 'let other hosts reach it'],
])}

Without --data all files are in memory or in the temporary directory, and are removed at the end.
With --data or a database, the first start creates the administrator test@attune.local with a random password, which
is printed once. With --compat attune or PLATFORM_EXTENSIONS=off, and without data and database, it is the known one.
PLATFORM_… environment variables change other settings: see docs/settings.md.

Exit codes: 0 stdin ended (--exit-with-stdin); 2 an option or a setting is invalid, or the database is not one of a
platform; 3 it could not start, or has lost its database; 4 files were left behind; a signal ends it by that signal.`;

/** `tuningfork up`. */
export function addUp(tuningfork: Command, launchOptions: LaunchOptions, version: string): void {
  tuningfork
    .command('up')
    .description('run a platform in the foreground')
    .option('--port <number>', 'port of the API; 0 selects a free one', wholeNumber(65_535), 8_080)
    .option(
      '--notifier-port <number>',
      'port of the notifier (default: 8081, or a free one with --port 0)',
      wholeNumber(65_535),
    )
    .option('--host <address>', 'address to listen on; beyond loopback with a random password only', '127.0.0.1')
    .option('--data <dir>', 'keep all data in this directory')
    .option('--database-url <url>', 'use this PostgreSQL (default: DATABASE_URL, else an embedded one)')
    .option('--join', 'run beside the platforms that already run on this database')
    .option(
      '--roles <list>',
      'what this process does: api, executor, worker, sensor, notifier, separated by commas (default: all)',
      parseRoles,
    )
    .option('--api-url <url>', 'the API of the stack, for a worker or sensor without the role api', parseApiUrl)
    .option('--workers <number>', 'number of worker processes (default: PLATFORM_WORKERS, else 1)', wholeNumber(64))
    .option('--virtual-time', 'let the clock of each tenant be moved, for tests; see docs/time.md')
    .option('--web <directory>', 'show this built web client instead of the own page')
    .option('--admin-password-file <path>', 'write the random password of the first administrator to this new file')
    .addOption(
      new Option('--compat <platform>', 'give the first administrator the known password, also on kept data').choices([
        'attune',
      ]),
    )
    .option('--json', 'print one line of JSON when ready, instead of the banner')
    .option('--exit-with-stdin', 'stop when stdin ends')
    .addHelpText('after', HELP)
    .action(async (options: Omit<UpFlags, 'given'>, command: Command) => {
      const { up } = await import('./up');
      await up({ ...options, given: givenOptions(command) }, version, launchOptions);
    });
}
