import { rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunFailure } from '../../contract/sandbox-report';
import { EXIT_CODES } from '../../contract/errors';
import { readLedger } from '../../tools/sandbox/ledger/ledger';
import { isRunning } from '../../tools/sandbox/ledger/runner-process';
import type { Manifest } from '../../tools/sandbox/manifest/manifest';
import { PhaseRecorder } from '../../tools/sandbox/run/phase-recorder';
import { newRun } from '../../tools/sandbox/ledger/run-name';
import { NOTHING_RUN, runSandbox, type RunResult } from '../../tools/sandbox/run/run-sandbox';
import { selectHub } from '../hub/select-hub';
import { selectHost } from './host';
import { openSandbox } from './open-sandbox';
import { PrintedProgress, SILENT } from './progress';
import { publishReport, reportOf } from './run-report';
import { ledgerFile, runIds } from './state-directory';

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
  const { sandbox, signals, started } = await openSandbox(root, manifest, host);
  const phases = new PhaseRecorder(flags.json ? SILENT : new PrintedProgress());
  const output = flags.json ? null : { stdout: process.stdout, stderr: process.stderr };
  const request = { keep: flags.keep ?? false, onlyHealth: flags.onlyHealth ?? false, output };
  const result = await runSandbox(sandbox, request, phases);
  const { names, results } = sandbox;
  const run = { names, manifest, root, host, started, interrupted: signals.cause() !== null };
  const report = await reportOf(run, phases, result);
  await publishReport(report, results, { hub, json: flags.json ?? false, stop: signals.next() });
  pruneRuns();
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
  const [hub, json] = [selectHub(flags.hub), flags.json ?? false];
  const { signal: never } = new AbortController(); // no signal is caught here
  await publishReport(report, dirname(ledgerFile(names.id)), { hub, json, stop: never });
}

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Removes the reports and outputs of old runs, unless one still has something on its host. */
function pruneRuns(): void {
  const now = Date.now();
  for (const id of runIds()) {
    const directory = dirname(ledgerFile(id));
    const age = now - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (age <= KEPT_DAYS * DAY_MS) continue;
    const ledger = readLedger(ledgerFile(id));
    if (ledger !== null && (ledger.present.length > 0 || isRunning(ledger.run.runner))) continue;
    rmSync(directory, { recursive: true, force: true });
  }
}
