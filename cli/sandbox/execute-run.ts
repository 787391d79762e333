import { dirname } from 'node:path';
import type { RunFailure } from '../../contract/sandbox/report';
import { EXIT_CODES } from '../../contract/errors';
import { Ledger } from '../../sandbox/ledger/ledger';
import { processStart } from '../../sandbox/ledger/runner-process';
import type { Manifest } from '../../sandbox/manifest/manifest';
import { PhaseRecorder } from '../../sandbox/run/phase-recorder';
import { newRun } from '../../sandbox/run/run-name';
import { NOTHING_RUN, runSandbox, type RunResult } from '../../sandbox/run/run-sandbox';
import type { Sandbox } from '../../sandbox/run/sandbox';
import { BASE_DIRECTORY } from '../../sandbox/stack/host-scripts';
import { MarkedTransport } from '../../sandbox/transport/marked-transport';
import { mustRun } from '../../sandbox/transport/transport';
import { transportOf } from '../../sandbox/transport/transport-of';
import { selectHub } from './deliver';
import { selectHost, sshConfig } from './host';
import { PrintedProgress, SILENT } from './progress';
import { publishReport, reportOf } from './run-report';
import { catchSignals } from './signals';
import { ledgerFile } from './state-directory';

/** Parsed options. */
export interface RunFlags {
  readonly host?: string;
  readonly hub?: string;
  readonly keep?: true;
  readonly onlyHealth?: true;
  readonly json?: true;
}

/** Runs a repository from its copy to its report. Exits by the result, or by a signal. */
export async function executeRun(root: string, manifest: Manifest, flags: RunFlags): Promise<void> {
  const hub = selectHub(flags.hub);
  const { host, reason } = selectHost(flags.host);
  if (!flags.json) process.stderr.write(`host ${host}: ${reason}\n`);
  const [unmarked, names] = [transportOf(host, sshConfig()), newRun(manifest.name)];
  const directory = `${(await mustRun(unmarked, BASE_DIRECTORY)).trim()}/${names.name}`;
  const ledger = new Ledger(ledgerFile(names.id));
  const signals = catchSignals();
  const started = new Date().toISOString();
  const runner = { pid: process.pid, start: processStart(process.pid)! };
  ledger.begin({ ...names, host: unmarked.host, root, directory, started, runner });
  const transport = new MarkedTransport(unmarked, names.mark);
  const places = { root, directory, results: dirname(ledger.file) };
  const sandbox: Sandbox = { names, manifest, transport, unmarked, ledger, ...places, stop: signals.stop };
  const phases = new PhaseRecorder(flags.json ? SILENT : new PrintedProgress());
  const output = flags.json ? null : { stdout: process.stdout, stderr: process.stderr };
  const request = { keep: flags.keep ?? false, onlyHealth: flags.onlyHealth ?? false, output };
  const result = await runSandbox(sandbox, request, phases);
  const run = { names, manifest, root, host: transport.host, started, interrupted: signals.cause() !== null };
  await publishReport(await reportOf(run, phases, result), places.results, hub, flags.json ?? false);
  signals.exit();
}

/** Reports a run that ended before anything of it was started. */
export async function reportFailure(
  root: string,
  manifest: Manifest,
  failure: RunFailure,
  flags: RunFlags,
): Promise<void> {
  const [names, started] = [newRun(manifest.name), new Date().toISOString()];
  const result: RunResult = { ...NOTHING_RUN, failure, exitCode: EXIT_CODES.notProvisioned };
  const run = { names, manifest, root, host: selectHost(flags.host).host, started, interrupted: false };
  const report = await reportOf(run, new PhaseRecorder(SILENT), result);
  await publishReport(report, dirname(ledgerFile(names.id)), selectHub(flags.hub), flags.json ?? false);
}
