import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { EXIT_CODES } from '../contract/errors';
import type { BenchFlags } from './bench';
import { addDetect } from './detection/detect-command';
import type { MutateFlags } from './detection/mutate';
import { ROOMS } from '../tools/detection/mutants/mutant';
import { addBurnIn } from './burn-in/burn-in-command';
import type { DownFlags } from './up/down';
import { describeFailure } from './failures';
import { addClock } from './clock/clock-command';
import { addCompile } from './compile/compile-command';
import { addGate } from './gate/gate-command';
import { addGenerators } from './generators/add-generators';
import { addCheckHistory } from './history/history-command';
import { HELP } from './help';
import type { LaunchOptions } from './launch-options';
import { addReplay } from './replay/replay-command';
import { addRerun } from './rerun-command';
import { addReport } from './report/report-command';
import { addRotation } from './rotation/rotation-command';
import { addRuntimes } from './runtimes/command';
import type { EventsTailFlags } from './run/events-tail';
import type { PackIndexFlags } from './pack/index-pack';
import { addRoles } from './up/role-commands';
import { givenOptions } from './settings/given-options';
import { parseApiUrl, parseRoles } from './settings/roles';
import type { RunFlags } from './run/run';
import { wholeNumber } from './settings/whole-number';
import { addHub } from './hub/hub-command';
import { addSandbox } from './sandbox/sandbox-command';
import { arrivedSignals } from './stop-cause';
import { addSmoke } from './smoke/smoke-command';
import { addTest } from './test/test-command';
import type { UpFlags } from './up/up';
import { addWorker, addWorkerToken } from './standalone/worker-command';
import { addVerify } from './verify/verify-command';
import { addWhy } from './why/why-command';
import { printNotice } from './line-printer';

/** Runs one command line. Sets the exit code; a known failure is printed as one line on stderr. */
export async function runCommandLine(argv: readonly string[], launchOptions: LaunchOptions): Promise<void> {
  process.stdout.on('error', exitWithReader);
  try {
    await createProgram(launchOptions).parseAsync(argv);
  } catch (error) {
    await arrivedSignals();
    process.exitCode = reportFailure(error);
  }
}

/** Its reader has seen enough: `tuningfork … | head`. A platform that is ready goes on. */
function exitWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

function reportFailure(error: unknown): number {
  if (error instanceof CommanderError)
    return error.code === 'commander.helpDisplayed' || error.code === 'commander.version'
      ? EXIT_CODES.done
      : EXIT_CODES.usage;
  const { line, exitCode } = describeFailure(error);
  printNotice(line);
  return exitCode;
}

/** All commands. Each is imported when it runs. */
export function createProgram(launchOptions: LaunchOptions): Command {
  const tuningfork = new Command('tuningfork')
    .description('A scenario suite for automation platforms, and the platform that it runs on by default.')
    .version(versionOf(launchOptions.root))
    .addHelpText('after', HELP.tuningfork)
    .showHelpAfterError('(run tuningfork --help for the commands and their options)')
    .exitOverride();
  addUp(tuningfork, launchOptions);
  addRoles(tuningfork, launchOptions, versionOf(launchOptions.root));
  addDown(tuningfork);
  addWorker(tuningfork, launchOptions, versionOf(launchOptions.root));
  addWorkerToken(tuningfork);
  addRotation(tuningfork, launchOptions);
  addRun(tuningfork, launchOptions);
  addVerify(tuningfork);
  addSandbox(tuningfork, launchOptions.root, versionOf(launchOptions.root));
  addHub(tuningfork);
  addSmoke(tuningfork, launchOptions);
  addCompile(tuningfork);
  addReplay(tuningfork);
  addRerun(tuningfork);
  addWhy(tuningfork);
  addReport(tuningfork, launchOptions);
  addClock(tuningfork);
  addPack(tuningfork);
  addEvents(tuningfork);
  addRuntimes(tuningfork, launchOptions.root);
  addDoctor(tuningfork);
  addTest(tuningfork, launchOptions);
  addBurnIn(tuningfork, launchOptions);
  addCheckHistory(tuningfork, launchOptions);
  addBench(tuningfork, launchOptions);
  addDetect(tuningfork, launchOptions);
  addMutate(tuningfork, launchOptions);
  addGate(tuningfork);
  addGenerators(tuningfork, launchOptions);
  return tuningfork;
}

function addUp(tuningfork: Command, launchOptions: LaunchOptions): void {
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
    .addHelpText('after', HELP.up)
    .action(async (options: Omit<UpFlags, 'given'>, command: Command) => {
      const { up } = await import('./up/up');
      await up({ ...options, given: givenOptions(command) }, versionOf(launchOptions.root), launchOptions);
    });
}

function addDown(tuningfork: Command): void {
  tuningfork
    .command('down')
    .description('stop the platform on a port of this host')
    .option('--host <address>', 'address that it listens on', '127.0.0.1')
    .option('--port <number>', 'port of its API', wholeNumber(65_535, 1), 8_080)
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP.down)
    .action(async (options: DownFlags) => {
      const { down } = await import('./up/down');
      await down(options);
    });
}

function addRun(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('run')
    .description('run an action or a workflow, and print its result')
    .argument('<ref>', 'the action or workflow: demo.two_step')
    .option('--parameters <json>', 'its parameters, as a JSON object')
    .option('--pack <dir>', 'upload this pack first, replacing what has its ref')
    .option('--allow-skipped', 'upload it also where an invalid file removes an installed action or workflow')
    .option('--target <url>', 'run it on the platform at this address')
    .option('--json', 'print no log')
    .addHelpText('after', HELP.run)
    .action(async (ref: string, options: RunFlags) => {
      const { run } = await import('./run/run');
      await run(ref, options, root);
    });
}

function addPack(tuningfork: Command): void {
  const pack = tuningfork.command('pack').description('prepare a pack').addHelpText('after', HELP.pack);
  pack
    .command('index')
    .description('write pack.index.json: entry, schemas and digest of each action')
    .argument('[dir]', 'directory of the pack', '.')
    .option('--check', 'write nothing; exit 1 when the file is out of date')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP.packIndex)
    .action(async (directory: string, options: PackIndexFlags) => {
      const { indexPack } = await import('./pack/index-pack');
      await indexPack(directory, options);
    });
}

function addEvents(tuningfork: Command): void {
  const events = tuningfork
    .command('events')
    .description('read the append-only log of executions')
    .addHelpText('after', HELP.events);
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
    .addHelpText('after', HELP.eventsTail)
    .action(async (options: EventsTailFlags) => {
      const { eventsTail } = await import('./run/events-tail');
      await eventsTail(options);
    });
}

function addDoctor(tuningfork: Command): void {
  tuningfork
    .command('doctor')
    .description('check the requirements on this machine, or which claims another platform can prove')
    .option('--target <url>', 'probe the platform at this address, with the environment variables of the suite')
    .option('--json', 'print the findings as one JSON document')
    .addHelpText('after', HELP.doctor)
    .action(async ({ target, json = false }: { target?: string; json?: boolean }) => {
      if (target === undefined) {
        const { doctor } = await import('./doctor/doctor');
        await doctor(json);
      } else {
        const { doctorTarget } = await import('./doctor/doctor-target');
        await doctorTarget(target, json);
      }
    });
}

function addBench(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('bench')
    .description('measure this machine: start, latency, throughput, lists, test tiers')
    .argument('[benchmark...]', 'benchmarks to run; all without a name')
    .option('--runs <number>', 'repetitions of each benchmark', wholeNumber(10_000, 1))
    .option('--json', 'print one JSON document instead of the table')
    .option('--write', 'write work-summary/performance.md too')
    .addHelpText('after', HELP.bench)
    .action(async (names: string[], options: BenchFlags) => {
      const { bench } = await import('./bench');
      await bench(names, options, root);
    });
}

function addMutate(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('mutate')
    .description('switch mutants of the platform on, and show which no claim detects')
    .addOption(new Option('--room <room>', 'mutate this folder of platform/ only').choices(ROOMS))
    .option('--sample <number>', 'select so many of them at random', wholeNumber(100_000, 1), 20)
    .option('--platforms <number>', 'run so many mutants at the same time', wholeNumber(64, 1), 1)
    .option('--seed <text>', 'select the same sample again (default: the date)')
    .option('--results <file>', 'append each result to this file, and run only what it does not contain')
    .option('--json', 'print one JSON document instead of the table')
    .addHelpText('after', HELP.mutate)
    .action(async (options: MutateFlags) => {
      const { mutate } = await import('./detection/mutate');
      await mutate(options, root);
    });
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
