import { hostname } from 'node:os';
import { basename } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import type { SuiteReport } from '../../contract/suite-report';
import type { RunModel } from '../../helpers/run-report/run-model';
import { digestOf, postReport } from '../../tools/sandbox/hub/post-report';
import { SandboxError } from '../../tools/sandbox/sandbox-error';
import { branchOf } from '../git/branch-of';
import { commitOf } from '../git/commit-of';
import { requireHub } from './select-hub';

/**
 * Posts a run of the scenarios of the clone at `root`. The hub stores it once, however often it is
 * posted. Throws SandboxError where no hub is named, reached, or accepts it.
 */
export async function postSuiteRun(root: string, run: RunModel, option: string | undefined): Promise<void> {
  const hub = requireHub(option);
  const [branch, commit] = await Promise.all([branchOf(root), commitOf(root)]);
  const report: SuiteReport = {
    schema: 'suite-report/1',
    repository: { name: basename(root), branch, commit: commit?.id ?? null, dirty: commit?.has_changes ?? null },
    host: hostname(),
    run,
  };
  const key = digestOf(`suite-report/1 ${run.run} ${run.from}`);
  const delivery = await postReport(hub, JSON.stringify(report), { key });
  if (delivery.outcome === 'unreachable') throw new SandboxError('HUB_UNREACHABLE', delivery.reason);
  if (delivery.outcome === 'rejected') throw new SandboxError('HUB_REJECTED', delivery.reason);
  process.stdout.write(`posted run ${run.run} to ${hub.url}\n`);
  process.exitCode = EXIT_CODES.done;
}
