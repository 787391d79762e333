import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SandboxReport, TestCases } from '../../contract/sandbox/report';
import type { Manifest } from '../../sandbox/manifest/manifest';
import type { PhaseRecorder } from '../../sandbox/run/phase-recorder';
import type { RunNames } from '../../sandbox/run/run-name';
import type { RunResult } from '../../sandbox/run/run-sandbox';
import { branchOf } from '../git/branch-of';
import { commitOf } from '../git/commit-of';
import type { Hub } from '../../sandbox/hub/hub';
import { deliver } from './deliver';

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
  return {
    schema: 'sandbox-report/1',
    run: { id: names.id, name: names.name },
    repository: { name: basename(root), branch, commit: commit?.id ?? null, dirty: commit?.has_changes ?? null },
    ...{ host, sync, stack, ports, started_at: started, finished_at: new Date().toISOString() },
    ...{ phases: phases.reports(), checks, test, failure, interrupted, leaks, kept },
    labels: { closes: manifest.closes },
    exit_code: exitCode,
  };
}

/** Writes a report, prints it and posts it to the hub. The command exits as it says. */
export async function publishReport(
  report: SandboxReport,
  directory: string,
  hub: Hub | null,
  json: boolean,
): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'report.json');
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : '');
  if (!json) process.stderr.write(summary(report, file));
  process.exitCode = report.exit_code;
  if (hub !== null) await deliver(report, hub);
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
