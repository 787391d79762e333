import { basename, dirname } from 'node:path';
import type { SuitePlan } from '../../core/packs/testing-block';
import { chooseRuntime } from '../runtimes/choose-runtime';
import { nodejsRuntime } from '../runtimes/nodejs';
import { resolvePackFile } from '../runtimes/pack-file';
import { pythonRuntime } from '../runtimes/python';
import { NotRunnable, type Preparation, type ProgramPlan, type ProgramRuntime } from '../runtimes/runtime';

/** The program that runs a suite, in the environment of its pack. Throws NotRunnable. */
export async function planSuite(suite: SuitePlan, preparation: Preparation): Promise<ProgramPlan> {
  const { runner, entryPoint } = suite;
  await resolvePackFile(preparation.attempt); // else a shell would run the path as a script
  switch (runner) {
    case 'script':
      return programPlan(scriptRuntime(suite), preparation);
    case 'unittest': {
      const plan = await programPlan(pythonRuntime, preparation);
      const files = ['-s', dirname(entryPoint), '-p', basename(entryPoint)];
      return withArguments(plan, ['-u', '-m', 'unittest', 'discover', '-v', ...files]);
    }
    case 'pytest': {
      const plan = await programPlan(pythonRuntime, preparation);
      return withArguments(plan, ['-u', '-m', 'pytest', '-v', '-rfE', '-p', 'no:cacheprovider', entryPoint]);
    }
    case 'node': {
      const plan = await programPlan(nodejsRuntime, preparation);
      return withArguments(plan, ['--test-reporter=tap', ...plan.args]);
    }
  }
}

const scriptRuntime = ({ name, entryPoint }: SuitePlan): ProgramRuntime =>
  chooseRuntime({ runtime: null, entrypoint: entryPoint, actionRef: `the runner ${name}` });

async function programPlan(runtime: ProgramRuntime, preparation: Preparation): Promise<ProgramPlan> {
  const plan = await runtime.plan(preparation);
  if (plan.kind === 'program') return plan;
  throw new NotRunnable(`the runtime ${runtime.name} starts no program`);
}

/** An interpreter that waits can run a file alone. */
const withArguments = ({ command, variables, kind, input }: ProgramPlan, args: readonly string[]): ProgramPlan => ({
  kind,
  command,
  variables,
  input,
  args,
});
