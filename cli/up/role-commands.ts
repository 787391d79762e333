import type { Command } from 'commander';
import type { Role } from '../../contract/capabilities';
import { usageError } from '../failures';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import { givenOptions } from '../settings/given-options';
import { parseApiUrl } from '../settings/roles';
import { wholeNumber } from '../settings/whole-number';
import type { UpFlags } from './up-flags';

/** What the commands of the roles have in common. */
const ROLE_NOTES = `
Processes of a stack share a PostgreSQL, and those that use files a data directory; any number of each role may run, and
each may be the first. The first one creates the administrator, as up does, and prints its password once.
PLATFORM_… environment variables change settings: the same on every host. See docs/scaling.md.

Exit codes: 0 stdin ended (--exit-with-stdin); 2 an option or a setting is invalid, or the database is not one of a
platform; 3 it could not start, or has lost its database; a signal ends it by that signal.`;

const HELP = {
  api: `${examples([
    ['npx tuningfork api --database-url postgres://… --data /srv/stack', 'serve it on http://127.0.0.1:8080'],
    ['npx tuningfork api --port 8090 --database-url postgres://… --data /srv/stack', 'a second one beside it'],
  ])}
${ROLE_NOTES}`,

  executor: `${examples([
    ['npx tuningfork executor --database-url postgres://… --data /srv/stack', 'one more executor of the stack'],
  ])}
${ROLE_NOTES}`,

  sensor: `${examples([
    ['npx tuningfork sensor --database-url … --data … --api-url http://127.0.0.1:8080', 'run the sensors of packs'],
  ])}
${ROLE_NOTES}`,

  notifier: `${examples([
    ['npx tuningfork notifier --database-url postgres://…', 'serve the live stream on port 8081'],
    ['npx tuningfork notifier --port 8091 --database-url postgres://…', 'a second one beside it'],
  ])}
${ROLE_NOTES}`,
};

/** Parsed options of a role: those that were not given are absent. */
export type RoleFlags = Partial<
  Pick<UpFlags, 'data' | 'databaseUrl' | 'host' | 'port' | 'apiUrl' | 'workers' | 'json' | 'exitWithStdin'>
>;

/** The worker has a command for both of its kinds. */
const DESCRIPTIONS = {
  api: 'run the HTTP API of a stack alone',
  executor: 'run the dispatch, workflows, timers and rules of a stack alone',
  sensor: 'run the sensors of packs of a stack alone',
  notifier: 'run the live stream of a stack alone',
};
const PORTS: Readonly<Partial<Record<Role, number>>> = { api: 8_080, notifier: 8_081 };
const USERS_OF_API = { sensor: 'the sensors', worker: 'the actions' } as const;
const ANY_HOST_PORT = 0;

/** One command for each role, for stacks of several processes: `tuningfork executor`. */
export function addRoles(tuningfork: Command, launchOptions: LaunchOptions, version: string): void {
  for (const role of ['api', 'executor', 'sensor', 'notifier'] as const) {
    const command = tuningfork.command(role).description(DESCRIPTIONS[role]);
    addOptions(command, role).action(async (options: RoleFlags) => {
      const flags = upFlags(role, options, givenOptions(command), process.env);
      const { up } = await import('./up');
      await up(flags, version, launchOptions);
    });
  }
}

function addOptions(command: Command, role: keyof typeof DESCRIPTIONS): Command {
  addStackOptions(command, role);
  return command
    .option('--json', 'print one line of JSON when ready, instead of the banner')
    .option('--exit-with-stdin', 'stop when stdin ends')
    .addHelpText('after', HELP[role]);
}

/** Options that say which stack the process of a role belongs to. */
export function addStackOptions(command: Command, role: Role): Command {
  const port = PORTS[role];
  command.option('--database-url <url>', 'the PostgreSQL of the stack (default: DATABASE_URL)');
  if (role !== 'notifier') command.option('--data <dir>', 'the data directory of the stack, which all its hosts share');
  if (port !== undefined) {
    command
      .option('--port <number>', 'port to listen on; 0 selects a free one', wholeNumber(65_535), port)
      .option('--host <address>', 'address to listen on; beyond loopback with a random password only', '127.0.0.1');
  }
  if (role === 'sensor' || role === 'worker') {
    command
      .option('--api-url <url>', `an API of the stack, for ${USERS_OF_API[role]}`, parseApiUrl)
      .option('--workers <number>', 'number of worker processes (default: PLATFORM_WORKERS, else 1)', wholeNumber(64));
  }
  return command;
}

/** The same as options of `up`. Throws CommandError, exit 2, for a role without what it shares. */
export function upFlags(
  role: Role,
  { port, ...options }: RoleFlags,
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): UpFlags {
  if (!options.databaseUrl && !env.DATABASE_URL)
    throw missing(
      'DATABASE_MISSING',
      `${role} runs beside the other processes of a stack`,
      '--database-url or DATABASE_URL',
    );
  if (role !== 'notifier' && !options.data)
    throw missing('DATA_MISSING', `${role} uses the files of its stack`, '--data');
  const ports =
    role === 'notifier'
      ? { port: ANY_HOST_PORT, notifierPort: port ?? PORTS.notifier! }
      : { port: port ?? ANY_HOST_PORT };
  return { host: '127.0.0.1', ...options, ...ports, given, join: true, roles: [role] };
}

const missing = (code: string, reason: string, options: string) =>
  usageError(`${code}: ${reason}: name it with ${options}`);
