import type { Json, JsonObject } from '../../contract/json';
import type { Execution } from '../../contract/executions';
import type { CompiledRevision } from '../../contract/workflows';
import type { Client } from '../../helpers/client/client';
import { flatToJsonSchema, isJsonSchema } from '../../platform/core/schema/flat-schema';
import { compileValidator } from '../../platform/core/schema/validator';
import { throwClockError } from '../clock/clock-error';
import { CommandError } from '../failures';
import { logLine } from '../run/log-line';
import { outputOf } from '../run/output-of';
import { throwRejection } from '../run/rejection';
import { uploadPack } from '../run/upload-pack';
import { loadDefinition } from '../../platform/core/workflow/load/load-definition';
import { requireTasks } from './compare-state';
import { failedRuns } from './failed-runs';
import { failureCodes } from './failure-codes';
import { commitOf } from '../git/commit-of';
import { platformIdentity, type Receipt, type Verdict, type Violation } from './receipt';
import type { ProveOptions } from './prove-options';
import { reportAssertions } from './report-assertions';
import { runLoop } from './run-loop';
import type { Steps } from './steps';
import { tasksOf, unreachedTasks, type WorkflowTasks } from './unreached-tasks';
import type { WorkflowLoop } from './workflow-loop';

/**
 * Uploads the packs of a loop, compiles its workflow, runs it, and compares its output. Prints
 * each step. Throws CommandError, exit 1, where the platform rejects a pack, the workflow or its
 * inputs, and where the run does not start or end; exit 3 where its clock is to be moved, and the
 * platform has no virtual time.
 */
export async function proveLoop(client: Client, loop: WorkflowLoop, options: ProveOptions): Promise<Receipt> {
  const { steps } = options;
  const startedMs = steps.durationMs;
  if (loop.timeline !== null) await client.clock.get().catch(throwClockError); // before anything is uploaded
  const { compiled, tasks, warnings } = await compile(client, loop, options);
  const { revision, plan_digest, out_schema } = compiled;
  steps.passed(`revision ${revision} of ${loop.ref} is compiled, plan ${plan_digest!.slice(0, 12)}`);
  requireTasks(loop.expectations, tasks.all);
  const { execution, assertions, isAsExpected } = await runLoop(client, loop, options);
  const reader = loop.timeline === null ? client : await options.logInAgain();
  const { id, status } = execution;
  if (isAsExpected) steps.passed(`execution ${id} is ${status}`);
  else await reportUnexpectedEnd(reader, steps, execution);
  const violations = status === 'completed' ? outputViolations(out_schema, outputOf(execution)) : [];
  const hasFailed = !isAsExpected || violations.length > 0 || assertions.some(({ holds }) => !holds);
  const unproven = [
    ...(loop.expectations.length === 0 ? ['no output is expected'] : []),
    ...unreachedTasks(tasks, await reader.executions.children(id)),
  ];
  const verdict: Verdict = hasFailed ? 'failed' : unproven.length > 0 ? 'not proven' : 'proven';
  const receipt: Receipt = {
    verdict,
    workflow: loop.ref,
    revision,
    plan_digest: plan_digest!,
    execution: id,
    status,
    unproven,
    warnings,
    assertions,
    violations,
    platform: await platformIdentity(reader),
    commit: await commitOf(loop.pack, '.'),
    verified_at: new Date().toISOString(),
    duration_ms: steps.durationMs - startedMs,
  };
  report(steps, receipt, loop);
  return receipt;
}

/** Prints how it ended, its log, and what failed. */
async function reportUnexpectedEnd(client: Client, steps: Steps, { id, status }: Execution): Promise<void> {
  steps.failed(`execution ${id} is ${status}`);
  steps.detail((await client.executions.log(id)).map(logLine));
  const tree = await client.executions.tree(id);
  steps.detail(failedRuns(tree, await failureCodes(client, tree)));
}

interface CompiledLoop {
  readonly compiled: CompiledRevision;
  readonly tasks: WorkflowTasks;
  /** Of the registration of the packs. */
  readonly warnings: readonly string[];
}

/** Uploads the packs, replacing what has their refs, and compiles the workflow as it then is. */
async function compile(
  client: Client,
  { pack, otherPacks, ref }: WorkflowLoop,
  options: ProveOptions,
): Promise<CompiledLoop> {
  const warnings: string[] = [];
  for (const directory of [...otherPacks, pack]) warnings.push(...(await uploadPack(client, directory, options)));
  for (const warning of warnings) options.steps.warning(warning);
  const { revision, definition } = await client.workflows.get(ref).catch(throwRejection);
  if (revision === undefined) throw new CommandError('TARGET_UNSUITABLE: this platform has no revisions of workflows');
  const compiled = await client.workflows.compileRevision(ref, revision).catch(throwRejection);
  return { compiled, warnings, tasks: tasksOf(loadDefinition(definition, { ref }).definition) };
}

/** Where an output violates the schema that its workflow declares. */
function outputViolations(schema: JsonObject | null, output: Json): Violation[] {
  if (schema === null) return [];
  return compileValidator(isJsonSchema(schema) ? schema : flatToJsonSchema(schema))(output, '');
}

/** Prints what was proven, or every value that is not as expected. */
function report(
  steps: Steps,
  { verdict, unproven, assertions, violations }: Receipt,
  { expectedFile, timeline }: WorkflowLoop,
): void {
  const isWrong = assertions.some(({ holds }) => !holds);
  if (violations.length > 0) {
    steps.failed('OUTPUT_SCHEMA_VIOLATION: the output violates its schema');
    steps.detail(violations.map(({ path, message }) => `${path} ${message}`));
  }
  if (timeline === null && (isWrong || verdict === 'proven')) reportAssertions(steps, assertions, expectedFile ?? '');
  if (verdict === 'not proven') steps.failed(`NOTHING_PROVEN: ${unproven.join('; ')}`);
}
