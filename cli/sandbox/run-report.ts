import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SandboxReport, TestCases } from '../../contract/sandbox-report';
import type { Manifest } from '../../tools/sandbox/manifest/manifest';
import type { PhaseRecorder } from '../../tools/sandbox/run/phase-recorder';
import type { RunNames } from '../../tools/sandbox/ledger/run-name';
import type { RunResult } from '../../tools/sandbox/run/run-sandbox';
import { branchOf } from '../git/branch-of';
import { commitOf } from '../git/commit-of';
import type { Hub } from '../../tools/sandbox/hub/hub';
import { deliver } from './deliver';
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
  if (!json) process.stderr.write(summary(report, isWritten ? file : 'not written'));
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
