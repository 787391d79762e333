import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { terminalText } from '../../contract/text/terminal-text';
import type { SandboxReport, TestCases } from '../../contract/sandbox-report';
import { postReport } from '../../tools/sandbox/hub/post-report';
import { Spool } from '../../tools/sandbox/hub/spool';
import type { Manifest } from '../../tools/sandbox/manifest/manifest';
import type { PhaseRecorder } from '../../tools/sandbox/run/phase-recorder';
import type { RunNames } from '../../tools/sandbox/ledger/run-name';
import type { RunResult } from '../../tools/sandbox/run/run-sandbox';
import { branchOf } from '../git/branch-of';
import { commitOf } from '../git/commit-of';
import type { Hub } from '../../tools/sandbox/hub/hub';
import { spoolDirectory } from './state-directory';
import { warnUnlessWritten } from './written';

/** What a report says of a run besides its result. */
export interface ReportedRun {
  readonly names: RunNames;
  readonly manifest: Manifest;
  readonly root: string;
  readonly host: string;
  readonly started: string;
  readonly interrupted: boolean;
}

export async function reportOf(
  { names, manifest, root, host, started, interrupted }: ReportedRun,
  phases: PhaseRecorder,
  { exitCode, ports, sync, stack, checks, test, failure, leaks, kept }: RunResult,
): Promise<SandboxReport> {
  const [branch, commit] = await Promise.all([branchOf(root), commitOf(root)]);
  const report: SandboxReport = {
    schema: 'sandbox-report/1',
    run: { id: names.id, name: names.name },
    repository: { name: basename(root), branch, commit: commit?.id ?? null, dirty: commit?.has_changes ?? null },
    host,
    sync,
    stack,
    ports,
    started_at: started,
    finished_at: new Date().toISOString(),
    phases: phases.reports(),
    checks,
    test,
    failure,
    interrupted,
    leaks,
    kept,

    labels: { closes: manifest.closes },
    exit_code: exitCode,
  };
  if (phases.notices.length > 0) report.notices = phases.notices;
  return report;
}

/**
 * Writes a report, prints it and posts it to the hub, until `stop`. The command exits as the
 * report says, also where it cannot be written.
 */
export async function publishReport(
  report: SandboxReport,
  directory: string,
  { hub, json, stop }: { readonly hub: Hub | null; readonly json: boolean; readonly stop: AbortSignal },
): Promise<void> {
  process.exitCode = report.exit_code;
  const file = join(directory, 'report.json');
  const isWritten = warnUnlessWritten(file, () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  });
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : '');
  if (!json) process.stderr.write(terminalText(summary(report, isWritten ? file : 'not written')));
  if (hub !== null) await deliver(report, hub, stop);
}

const summary = ({ failure, kept, test, exit_code: code }: SandboxReport, file: string): string =>
  [
    ...(test?.cases ? [casesText(test.cases)] : []),
    ...(failure ? [failure.message] : [`the test command ${test ? 'passed' : 'was not run'}`]),
    ...kept.map(({ kind, name }) => `kept: ${kind} ${name}`),
    ...(kept[0] ? [`remove it with ${kept[0].remove}`] : []),
    `report: ${file}, exit code ${code}`,
    '',
  ].join('\n');

const casesText = ({ passed, failed, skipped }: TestCases): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * Posts a report, until `stop`. One that does not reach the hub, or is rejected, stays in the
 * spool, where that can be written.
 */
async function deliver(report: SandboxReport, hub: Hub, stop: AbortSignal): Promise<void> {
  const [spool, body] = [new Spool(spoolDirectory()), JSON.stringify(report)];
  let name = '';
  const isSpooled = warnUnlessWritten(spool.directory, () => {
    name = spool.add(report, body);
  });
  const delivery = await postReport(hub, body, { stop });
  if (delivery.outcome === 'stored') return isSpooled ? spool.remove(name) : undefined;
  const later = isSpooled ? 'post it later with npx tuningfork hub flush' : 'it is not kept';
  if (delivery.outcome === 'unreachable') return warn(`HUB_UNREACHABLE: ${hub.url}: ${delivery.reason}; ${later}`);
  const isAside = isSpooled && warnUnlessWritten(spool.rejected, () => spool.reject(name, delivery.reason));
  const where = isAside ? `the report is in ${spool.rejected}` : 'the report is not set aside';
  warn(`HUB_REJECTED: ${hub.url}: ${delivery.reason}; ${where}`);
}

const warn = (line: string): void => void process.stderr.write(`${terminalText(line)}\n`);
