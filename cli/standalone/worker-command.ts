import type { Command } from 'commander';
import { WORKER_TOKEN_SECONDS } from '../../contract/standalone-workers';
import { usageError } from '../failures';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import { addStackOptions, upFlags, type RoleFlags } from '../up/role-commands';
import { givenOptions } from '../settings/given-options';
import { parseApiUrl } from '../settings/roles';
import { wholeNumber } from '../settings/whole-number';
import { addLabel, addTaint, parseWorkerName } from './parse-placement';
import type { StandaloneFlags } from './standalone-flags';
import type { WorkerTokenFlags } from './worker-token';

const WORKER_HELP = `${examples([
  ['npx tuningfork worker --database-url … --data … --api-url http://127.0.0.1:8080', 'one more worker of the stack'],
  ['npx tuningfork worker --api https://platform.example --name build1 --token-file ./token', 'join from this host'],
  ['npx tuningfork worker --api … --name gpu1 --token-file ./token --label gpu=yes', 'for actions that select gpu=yes'],
  ['npx tuningfork worker --api … --name gpu1 --token-file ./token --taint gpu:no_schedule', 'and for no other ones'],
  ['npx tuningfork worker --api … --name w --token-file ./token --directory /var/lib/worker', 'keep what it fetched'],
])}

Without --api it is a process of a stack, as api, executor, sensor and notifier are: on its PostgreSQL and its data
directory. PLATFORM_WORKER_SLOTS, _NAME, _LABELS and _TAINTS change it. See docs/scaling.md.

With --api it is a standalone worker. Its token is that of --token-file, PLATFORM_WORKER_TOKEN or --token. The token is
renewed while the worker is connected; --token-file then has the new one. It runs actions, and no sensors. A lost
connection is opened again; attempts go on meanwhile, for as long as their leases last. See docs/standalone-workers.md.
An option of the other form is refused.

SIGTERM or Ctrl-C lets attempts end; a second Ctrl-C ends it at once.

Exit codes: 0 stdin ended (--exit-with-stdin); 2 an option, a setting or the directory is invalid; 3 the platform cannot
be reached, or refuses the worker; a signal ends it by that signal.`;

const TOKEN_HELP = `${examples([
  ['npx tuningfork worker-token --name build1 --file ./token', 'on the platform that PLATFORM_FILE names'],
  ['npx tuningfork worker-token --name build1 --ttl 3600 --target http://127.0.0.1:8080', 'print one for an hour'],
])}

The platform is named by --target, PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD of an
administrator of the platform. DELETE /api/v1/workers/{id}/tokens revokes the tokens of a worker.

Exit codes: 0 issued; 1 the platform rejects the request; 2 no platform is named, or the file exists; 3 no platform.`;

const MAX_SLOTS = 1_000;

/** Options by the form of the command that they belong to: `--json` belongs to both. */
const STACK_OPTIONS = ['--database-url', '--data', '--api-url', '--workers'] as const;
const STANDALONE_OPTIONS = [
  '--name',
  '--token-file',
  '--token',
  '--label',
  '--taint',
  '--slots',
  '--directory',
] as const;

type WorkerFlags = RoleFlags & Partial<StandaloneFlags>;

/**
 * Both kinds of worker: with `--api` the one on another host, and else the worker role of a stack.
 */
export function addWorker(tuningfork: Command, launchOptions: LaunchOptions, version: string): void {
  const command = tuningfork
    .command('worker')
    .description('run actions: for a stack, on its disk; or with --api, on another host without its files');
  addStackOptions(command, 'worker');
  addStandaloneOptions(command)
    .option('--json', 'print one line of JSON when it gets work')
    .option('--exit-with-stdin', 'stop when stdin ends')
    .addHelpText('after', WORKER_HELP)
    .action(async (flags: WorkerFlags) => {
      const given = givenOptions(command);
      if (flags.api === undefined) await runWorkerRole(flags, given, version, launchOptions);
      else await runStandaloneWorker(flags, given, launchOptions);
    });
}

function addStandaloneOptions(command: Command): Command {
  return command
    .option('--api <url>', 'standalone: the API of the platform', parseApiUrl)
    .option('--name <name>', 'standalone: name of the worker, as its token names it', parseWorkerName)
    .option('--token-file <path>', 'standalone: file with its token, read for each connection')
    .option(
      '--token <token>',
      'standalone: its token; other users of this host may read it: prefer a file or PLATFORM_WORKER_TOKEN',
    )
    .option('--label <key=value>', 'standalone: a label by which actions select it; may be repeated', addLabel)
    .option(
      '--taint <key=value:effect>',
      'standalone: a taint that keeps other actions away; may be repeated',
      addTaint,
    )
    .option(
      '--slots <number>',
      'standalone: executions at once (default: PLATFORM_WORKER_SLOTS, else 10)',
      wholeNumber(MAX_SLOTS, 1),
    )
    .option('--directory <dir>', 'standalone: keep packs and environments in this directory');
}

async function runWorkerRole(
  flags: WorkerFlags,
  given: readonly string[],
  version: string,
  launchOptions: LaunchOptions,
): Promise<void> {
  const unused = STANDALONE_OPTIONS.filter((name) => given.includes(name));
  if (unused.length > 0)
    throw usageError(`API_MISSING: only a standalone worker has ${unused.join(', ')}: name its platform with --api`);
  const options = upFlags('worker', flags, given, process.env);
  const { up } = await import('../up/up');
  await up(options, version, launchOptions);
}

async function runStandaloneWorker(
  { api, name, ...flags }: WorkerFlags,
  given: readonly string[],
  launchOptions: LaunchOptions,
): Promise<void> {
  const unused = STACK_OPTIONS.filter((option) => given.includes(option));
  if (unused.length > 0)
    throw usageError(`OPTION_UNUSED: a standalone worker has no ${unused.join(', ')}: remove it, or --api`);
  if (api === undefined || name === undefined)
    throw usageError('NAME_MISSING: a standalone worker has the name that its token names: give it with --name');
  const { runStandalone } = await import('./run-standalone');
  await runStandalone({ ...flags, api, name }, launchOptions);
}

export function addWorkerToken(tuningfork: Command): void {
  tuningfork
    .command('worker-token')
    .description('issue the token of a standalone worker')
    .requiredOption('--name <name>', 'name of the worker; it is added where it is new', parseWorkerName)
    .option(
      '--ttl <seconds>',
      'lifetime (default: a day)',
      wholeNumber(WORKER_TOKEN_SECONDS.most, WORKER_TOKEN_SECONDS.least),
    )
    .option('--target <url>', 'the platform at this address')
    .option('--file <path>', 'write the token to this new file, which only its owner may read')
    .option('--json', 'print one line of JSON, with the token unless it is in the file')
    .addHelpText('after', TOKEN_HELP)
    .action(async (flags: WorkerTokenFlags) => {
      const { workerToken } = await import('./worker-token');
      await workerToken(flags);
    });
}
