import type { CompiledRevision, WorkflowInputs } from '../../contract/workflows';
import type { Client } from '../../helpers/client/client';
import { CommandError } from '../failures';
import { logLine } from '../run/log-line';
import { outputOf } from '../run/output-of';
import { throwRejection } from '../run/rejection';
import { compareOutput } from './compare-output';
import { failedRuns } from './failed-runs';
import { outputViolations } from './output-violations';
import { commitOf } from '../git/commit-of';
import { platformIdentity, type Receipt, type Verdict } from './receipt';
import { report } from './report';
import { runToEnd } from './run-to-end';
import type { Steps } from './steps';
import type { WorkflowLoop } from './workflow-loop';

/**
 * Uploads the packs of a loop, compiles its workflow, runs it, and compares its output. Prints
 * each step. Throws CommandError, exit 1, where the platform rejects a pack, the workflow or its
 * inputs, and where the run does not start or end.
 */
export async function proveLoop(client: Client, loop: WorkflowLoop, steps: Steps): Promise<Receipt> {
  const startedMs = steps.durationMs;
  const { revision, plan_digest, out_schema } = await compile(client, loop).catch(throwRejection);
  steps.passed(`revision ${revision} of ${loop.ref} is compiled, plan ${plan_digest!.slice(0, 12)}`);
  const { id } = await client.workflows
    .execute(loop.ref, loop.inputs as unknown as WorkflowInputs)
    .catch(throwRejection);
  const execution = await runToEnd(client, id);
  const output = outputOf(execution);
  const isComplete = execution.status === 'completed';
  if (isComplete) steps.passed(`execution ${id} is completed`);
  else {
    steps.failed(`execution ${id} is ${execution.status}`);
    steps.detail((await client.executions.log(id)).map(logLine));
    steps.detail(failedRuns(await client.executions.tree(id)));
  }
  const assertions = loop.expected === null || !isComplete ? [] : compareOutput(loop.expected, output);
  const violations = isComplete ? outputViolations(out_schema, output) : [];
  const hasFailed = !isComplete || violations.length > 0 || assertions.some(({ holds }) => !holds);
  const verdict: Verdict = hasFailed ? 'failed' : loop.expected === null ? 'not proven' : 'proven';
  const receipt: Receipt = {
    ...{ verdict, workflow: loop.ref, revision, plan_digest: plan_digest!, execution: id, status: execution.status },
    ...{ assertions, violations, platform: await platformIdentity(client), commit: await commitOf(loop.pack, '.') },
    ...{ verified_at: new Date().toISOString(), duration_ms: steps.durationMs - startedMs },
  };
  report(steps, receipt, loop);
  return receipt;
}

/** Uploads the packs, replacing what has their refs, and compiles the workflow as it then is. */
async function compile(client: Client, { pack, otherPacks, ref }: WorkflowLoop): Promise<CompiledRevision> {
  for (const directory of [...otherPacks, pack]) await client.packs.upload(directory, { force: true });
  const { revision } = await client.workflows.get(ref);
  if (revision === undefined) throw new CommandError('TARGET_UNSUITABLE: this platform has no revisions of workflows');
  return client.workflows.compileRevision(ref, revision);
}
