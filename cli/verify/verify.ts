import { writeFileSync } from 'node:fs';
import { EXIT_CODES } from '../../contract/errors';
import type { CompiledRevision, WorkflowInputs } from '../../contract/workflows';
import type { Client } from '../../helpers/client/client';
import { unlessInterrupted } from '../../helpers/unless-interrupted';
import { CommandError } from '../failures';
import { withPlatform } from '../run/command-platform';
import { logLine } from '../run/log-line';
import { outputOf } from '../run/output-of';
import { throwRejection } from '../run/rejection';
import { interruptible } from '../stop-cause';
import { compareOutput } from './compare-output';
import { outputViolations } from './output-violations';
import { commitOf, platformIdentity, type Receipt, type Verdict } from './receipt';
import { report } from './report';
import { runToEnd } from './run-to-end';
import { Steps } from './steps';
import { readLoop, type WorkflowLoop } from './workflow-loop';

/** Parsed options: those that were not given are absent. `expect` is false with `--no-expect`. */
export interface VerifyFlags {
  readonly inputs?: string;
  readonly expect?: string | boolean;
  readonly receipt?: string;
  readonly target?: string;
  readonly keep?: true;
  readonly json?: true;
}

/**
 * Proves a workflow on a platform: uploads its pack, compiles it, runs it, and compares its output
 * with the expected one. Prints the receipt as one line of JSON; the steps go to stderr. Exit 0:
 * proven; 1: it is not as expected; 5: nothing was expected.
 */
export async function verify(file: string, flags: VerifyFlags): Promise<void> {
  const { inputs, expect } = flags;
  const loop = readLoop(file, {
    inputs,
    expectsOutput: expect !== false,
    ...(typeof expect === 'string' && { expect }),
  });
  const steps = new Steps(flags.json ?? false);
  const print = (line: string) => steps.detail([line]);
  await interruptible((stop) => {
    const use = async (client: Client, url: string) => {
      await verifyOn(client, loop, steps, flags);
      if (flags.keep) await keepUntil(stop, steps, url);
    };
    return withPlatform(flags.target, stop, use, print);
  });
}

async function verifyOn(client: Client, loop: WorkflowLoop, steps: Steps, flags: VerifyFlags): Promise<void> {
  steps.passed('the platform is ready');
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
  }
  const assertions = loop.expected === null || !isComplete ? [] : compareOutput(loop.expected, output);
  const violations = isComplete ? outputViolations(out_schema, output) : [];
  const hasFailed = !isComplete || violations.length > 0 || assertions.some(({ holds }) => !holds);
  const verdict: Verdict = hasFailed ? 'failed' : loop.expected === null ? 'not proven' : 'proven';
  const receipt: Receipt = {
    ...{ verdict, workflow: loop.ref, revision, plan_digest: plan_digest!, execution: id, status: execution.status },
    ...{ assertions, violations, platform: await platformIdentity(client), commit: await commitOf(loop.pack) },
    ...{ verified_at: new Date().toISOString(), duration_ms: steps.durationMs },
  };
  report(steps, receipt, loop);
  if (flags.receipt !== undefined) writeFileSync(flags.receipt, `${JSON.stringify(receipt, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(receipt)}\n`);
  process.exitCode = EXIT_BY_VERDICT[verdict];
}

const EXIT_BY_VERDICT: Readonly<Record<Verdict, number>> = {
  proven: EXIT_CODES.done,
  failed: EXIT_CODES.testFailed,
  'not proven': EXIT_CODES.notProven,
};

/** Uploads the pack, replacing what has its ref, and compiles the workflow as it then is. */
async function compile(client: Client, { pack, ref }: WorkflowLoop): Promise<CompiledRevision> {
  await client.packs.upload(pack, { force: true });
  const { revision } = await client.workflows.get(ref);
  if (revision === undefined) throw new CommandError('TARGET_UNSUITABLE: this platform has no revisions of workflows');
  return client.workflows.compileRevision(ref, revision);
}

/** Lets people look at what ran, until Ctrl-C. */
async function keepUntil(stop: AbortSignal, steps: Steps, url: string): Promise<void> {
  steps.detail([`the platform runs until Ctrl-C: ${url}`]);
  await unlessInterrupted(stop, new Promise<void>(() => undefined));
}
