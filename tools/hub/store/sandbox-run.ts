import type { SandboxReport } from '../../../contract/sandbox-report';
import type { NewRun } from './runs';

/** The rows of a run of a sandbox. Of its tests, only those that failed are known by name. */
export function sandboxRows(report: SandboxReport): NewRun {
  const { run, repository, host, failure, exit_code, started_at: started, finished_at: finished, test } = report;
  return {
    kind: 'sandbox',
    name: run.name,
    repository: repository.name,
    branch: repository.branch,
    commit: repository.commit,
    host,
    outcome: outcomeOf(report),
    failure_code: failure?.code ?? null,
    exit_code,
    started,
    finished,
    passed: test?.cases?.passed ?? null,
    failed: test?.cases?.failed ?? null,
    skipped: test?.cases?.skipped ?? null,
    report,
    tests: (test?.failed_cases ?? []).map(({ name, message }) => ({
      name,
      file: null,
      outcome: 'failed',
      seconds: null,
      message: message || null,
    })),
  };
}

/** An interrupted run states nothing about its repository. */
const outcomeOf = ({ interrupted, exit_code: code }: SandboxReport): NewRun['outcome'] =>
  interrupted ? 'cancelled' : code === 0 ? 'passed' : 'failed';
