import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT } from '../contract/errors';
import type { BenchFlags } from './bench';
import { explain } from './failures';
import type { Surroundings } from './surroundings';
import type { UpFlags } from './up';

const EXAMPLES = `
Examples:
  npx tuningfork up                                  a platform on http://127.0.0.1:8080 until Ctrl-C
  npx tuningfork up --port 0 --json                  on a free port, told to a program
  npx tuningfork up --data ./data                    the same platform again tomorrow
  npx tuningfork up --database-url postgres://…      on a PostgreSQL of yours
  npx tuningfork doctor                              what is missing here, and how to get it
  npx tuningfork bench action-latency                what one action costs here

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 could not be provided, else the signal that ended it.`;

/** Runs one command line. Ends the process with the exit codes of \`EXIT\`; a known failure is one line on stderr. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<void> {
  try {
    await program(surroundings).parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError)
    return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? EXIT.done : EXIT.usage;
  const { line, exit } = explain(error);
  process.stderr.write(`tuningfork: ${line}\n`);
  return exit;
}

/** Commands are imported when they are called: a worker process stays small. */
function program(surroundings: Surroundings): Command {
  const tuningfork = new Command('tuningfork')
    .description('A scenario suite for automation platforms, and the platform it runs on by default.')
    .version(versionOf(surroundings.root))
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(tuningfork --help shows what there is)')
    .exitOverride();
  addUp(tuningfork, surroundings);
  tuningfork
    .command('doctor')
    .description('say what this machine lacks, and how to get it')
    .option('--json', 'the findings as one JSON document')
    .action(async (options: { json?: boolean }) => {
      const { doctor } = await import('./doctor');
      doctor(options.json ?? false);
    });
  tuningfork
    .command('inventory')
    .description('write E2E_TESTS_COMPLETE.md from the scenario files')
    .option('--check', 'write nothing; exit 1 when it is out of date')
    .action(async (options: { check?: boolean }) => {
      const { inventory } = await import('./inventory');
      await inventory(surroundings.root, options.check ?? false);
    });
  tuningfork
    .command('client-table')
    .description("write docs/client.md from the client's own verbs")
    .option('--check', 'only compare; fail when it is out of date')
    .action(async (options: { check?: boolean }) => {
      const { clientTable } = await import('./client-table');
      clientTable(surroundings.root, options.check ?? false);
    });
  addBench(tuningfork, surroundings);
  tuningfork.command('worker', { hidden: true }).action(async () => {
    const { worker } = await import('./worker');
    await worker();
  });
  return tuningfork;
}

const UP_HELP = `
Without --data everything lies in memory-backed storage or the temporary directory, and is removed at the end.
Other settings come from PLATFORM_… variables: docs/settings.md.`;

function addUp(tuningfork: Command, surroundings: Surroundings): void {
  tuningfork
    .command('up')
    .description('serve a platform in the foreground')
    .option('--port <number>', 'port to listen on; 0 takes a free one', count(65_535), 8_080)
    .option('--notifier-port <number>', 'port of the notifier; 8081, or a free one where --port is 0', count(65_535))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <dir>', 'keep everything in this folder')
    .option('--database-url <url>', 'use this PostgreSQL instead of our own (or DATABASE_URL)')
    .option('--workers <number>', 'worker processes (or PLATFORM_WORKERS)', count(64))
    .option('--json', 'once ready, one JSON line on stdout instead of the banner')
    .option('--exit-with-stdin', 'stop at the end of stdin')
    .addHelpText('after', UP_HELP)
    .action(async (options: UpFlags) => {
      const { up } = await import('./up');
      await up(options, versionOf(surroundings.root), surroundings);
    });
}

function addBench(tuningfork: Command, { root }: Surroundings): void {
  tuningfork
    .command('bench')
    .description('measure this machine: boot, latency, throughput, lists, a tier')
    .argument('[question...]', 'all when none is named')
    .option('--runs <number>', 'repetitions of each question', count(10_000, 1))
    .option('--json', 'one JSON document on stdout instead of the table')
    .option('--write', 'write docs/performance.md as well')
    .action(async (names: string[], options: BenchFlags) => {
      const { bench } = await import('./bench');
      await bench(names, options, root);
    });
}

const count =
  (most: number, least = 0) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= most && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
