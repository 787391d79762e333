import { writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Ledger } from '../../sandbox/ledger/ledger';
import { processStart } from '../../sandbox/ledger/runner-process';
import { readManifest } from '../../sandbox/manifest/read-manifest';
import { PhaseRecorder } from '../../sandbox/run/phase-recorder';
import type { SandboxReport } from '../../sandbox/run/report';
import { newRun } from '../../sandbox/run/run-name';
import { runSandbox, type RunResult } from '../../sandbox/run/run-sandbox';
import type { Sandbox } from '../../sandbox/run/sandbox';
import { BASE_DIRECTORY } from '../../sandbox/stack/host-scripts';
import { MarkedTransport } from '../../sandbox/transport/marked-transport';
import { mustRun } from '../../sandbox/transport/transport';
import { transportOf } from '../../sandbox/transport/transport-of';
import { commitOf } from '../git/commit-of';
import { selectHost, sshConfig } from './host';
import { PrintedProgress, SILENT } from './progress';
import { catchSignals } from './signals';
import { ledgerFile } from './state-directory';

/** Parsed options. */
export interface SandboxRunFlags {
  readonly host?: string;
  readonly keep?: true;
  readonly onlyHealth?: true;
  readonly json?: true;
}

/**
 * Runs a repository in a sandbox on this host and writes its report. Exits by the result; a run
 * that a signal ended is torn down, and exits by that signal.
 */
export async function sandboxRun(repository: string, flags: SandboxRunFlags): Promise<void> {
  const root = await realpath(repository);
  const manifest = await readManifest(root);
  const { host, reason } = selectHost(flags.host);
  const [unmarked, names] = [transportOf(host, sshConfig()), newRun(manifest.name)];
  if (!flags.json) process.stderr.write(`host ${host}: ${reason}\n`);
  const directory = `${(await mustRun(unmarked, BASE_DIRECTORY)).trim()}/${names.name}`;
  const ledger = new Ledger(ledgerFile(names.id));
  const signals = catchSignals();
  const started = new Date().toISOString();
  const runner = { pid: process.pid, start: processStart(process.pid)! };
  ledger.begin({ ...names, host: unmarked.host, root, directory, started, runner });
  const results = dirname(ledger.file);
  const transport = new MarkedTransport(unmarked, names.mark);
  const places = { root, directory, results };
  const sandbox: Sandbox = { names, manifest, transport, unmarked, ledger, ...places, stop: signals.stop };
  const phases = new PhaseRecorder(flags.json ? SILENT : new PrintedProgress());
  const output = flags.json ? null : { stdout: process.stdout, stderr: process.stderr };
  const request = { keep: flags.keep ?? false, onlyHealth: flags.onlyHealth ?? false, output };
  const result = await runSandbox(sandbox, request, phases);
  const report = await reportOf(sandbox, started, phases, result, signals.cause() !== null);
  const file = join(results, 'report.json');
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : '');
  if (!flags.json) process.stderr.write(summary(report, file));
  process.exitCode = report.exit_code;
  signals.exit();
}

async function reportOf(
  { names, manifest, root, transport }: Sandbox,
  started: string,
  phases: PhaseRecorder,
  { exitCode, ports, sync, checks, test, failure, leaks, kept }: RunResult,
  interrupted: boolean,
): Promise<SandboxReport> {
  const commit = await commitOf(root);
  return {
    schema: 'sandbox-report/1',
    run: { id: names.id, name: names.name },
    repository: { name: basename(root), commit: commit?.id ?? null, dirty: commit?.has_changes ?? null },
    ...{ host: transport.host, sync, ports, started_at: started, finished_at: new Date().toISOString() },
    ...{ phases: phases.reports(), checks, test, failure, interrupted, leaks, kept },
    labels: { closes: manifest.closes },
    exit_code: exitCode,
  };
}

const summary = ({ failure, kept, test, exit_code: code }: SandboxReport, file: string): string =>
  [
    ...(failure ? [failure.message] : [`the test command ${test ? 'passed' : 'was not run'}`]),
    ...kept.map(({ kind, name }) => `kept: ${kind} ${name}`),
    ...(kept[0] ? [`remove it with ${kept[0].remove}`] : []),
    `report: ${file}, exit code ${code}`,
    '',
  ].join('\n');
