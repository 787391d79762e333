import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { EXIT_CODES } from '../contract/errors';
import { addBench } from './bench-command';
import { addMutate } from './detection/mutate-command';
import { addDoctor } from './doctor/doctor-command';
import { examples } from './examples';
import { addPack } from './pack/pack-command';
import { addEvents } from './run/events-command';
import { addRun } from './run/run-command';
import { addDown } from './up/down-command';
import { addUp } from './up/up-command';
import { addDetect } from './detection/detect-command';
import { addBurnIn } from './burn-in/burn-in-command';
import { describeFailure } from './failures';
import { addClock } from './clock/clock-command';
import { addCompile } from './compile/compile-command';
import { addGate } from './gate/gate-command';
import { addGenerators } from './generators/add-generators';
import { addCheckHistory } from './history/history-command';
import type { LaunchOptions } from './launch-options';
import { addReplay } from './replay/replay-command';
import { addRerun } from './rerun-command';
import { addReport } from './report/report-command';
import { addRotation } from './rotation/rotation-command';
import { addRuntimes } from './runtimes/command';
import { addRoles } from './up/role-commands';
import { addHub } from './hub/hub-command';
import { addSandbox } from './sandbox/sandbox-command';
import { arrivedSignals } from './stop-cause';
import { addSmoke } from './smoke/smoke-command';
import { addTest } from './test/test-command';
import { addWorker, addWorkerToken } from './standalone/worker-command';
import { addVerify } from './verify/verify-command';
import { addWhy } from './why/why-command';
import { printNotice } from './line-printer';

const HELP = `${examples([
  ['npx tuningfork up', 'run a platform on http://127.0.0.1:8080 until Ctrl-C'],
  ['npx tuningfork up --data ./data', 'keep its data for the next run'],
  ['npx tuningfork doctor', 'check this machine, and print how to install what is missing'],
  ['npx tuningfork run demo.two_step', 'run a workflow, and print its result as one line of JSON'],
  ['npx tuningfork verify examples/greeting/workflows/greet.yaml', 'prove that a workflow returns what it must'],
  ['npx tuningfork bench action-latency', 'measure how long one action takes'],
  ['npx tuningfork gate status', 'print which checks decide about a change'],
  ['npx tuningfork up --help', 'print the options of a command'],
])}

Exit codes: 0 success, 1 failure, 2 invalid usage, 3 a requirement is missing, 4 files were left behind,
5 nothing was proven;
a command that a signal ended prints one line, with what goes on or is left, and exits by that signal: 130 in a shell
for Ctrl-C, 143 for SIGTERM. A second Ctrl-C ends it at once, and kills what it has started.`;

/** Runs one command line. Sets the exit code; a known failure is printed as one line on stderr. */
export async function runCommandLine(argv: readonly string[], launchOptions: LaunchOptions): Promise<void> {
  process.stdout.on('error', exitWithReader);
  process.stderr.on('error', goOnWithoutReader);
  try {
    await createProgram(launchOptions).parseAsync(argv);
  } catch (error) {
    await arrivedSignals();
    process.exitCode = reportFailure(error);
  }
}

/** Its reader has seen enough: `tuningfork … | head`. A platform that is ready goes on. */
function exitWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  printNotice(`standard output cannot be written: ${error.message}`);
  process.exit(EXIT_CODES.testFailed);
}

/** What it says is lost with its reader, such as a closed terminal; what it does is not. */
function goOnWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
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
  const version = versionOf(launchOptions.root);
  const tuningfork = new Command('tuningfork')
    .description('A scenario suite for automation platforms, and the platform that it runs on by default.')
    .version(version)
    .addHelpText('after', HELP)
    .exitOverride();
  addUp(tuningfork, launchOptions, version);
  addRoles(tuningfork, launchOptions, version);
  addDown(tuningfork);
  addWorker(tuningfork, launchOptions, version);
  addWorkerToken(tuningfork);
  addRotation(tuningfork, launchOptions);
  addRun(tuningfork, launchOptions);
  addVerify(tuningfork);
  addSandbox(tuningfork, launchOptions.root, version);
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
  nameOwnHelp(tuningfork, 'tuningfork');
  return tuningfork;
}

/** A usage error names the help of its command. `words`: the command, with those above. */
function nameOwnHelp(command: Command, words: string): void {
  const content = command.commands.length > 0 ? 'for the commands and their options' : 'for its options';
  command.showHelpAfterError(`(run ${words} --help ${content})`);
  for (const one of command.commands) nameOwnHelp(one, `${words} ${one.name()}`);
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
