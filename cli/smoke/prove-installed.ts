import { join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { inheritedVariables } from '../../helpers/target/start/spawn-platform';
import { startPlatform, type StartedPlatform } from '../../helpers/target/start/started-platform';
import { TargetError } from '../../helpers/target/target-error';
import { CommandError } from '../failures';
import type { Receipt } from '../verify/receipt';
import type { Installation } from './npm';
import { runProgram } from './run-program';
import type { SmokeSteps } from './smoke-steps';

/** The loop that is proven, in the package. */
const EXAMPLE = 'examples/greeting/workflows/greet.yaml';

type Loop = Pick<Receipt, 'verdict' | 'workflow' | 'assertions'> & { readonly platform: { instance_id: string } };

/**
 * Starts the platform of an installed package, proves the example on it with the package's own
 * `verify`, and stops it. Returns the receipt of the loop.
 */
export async function proveInstalled(installed: Installation, steps: SmokeSteps, stop: AbortSignal): Promise<Loop> {
  const platform = await steps.run(
    'boot',
    () => boot(installed, stop),
    ({ running }) => `platform ${running.version} is ready at ${running.url}`,
  );
  try {
    return await steps.run(
      'loop',
      () => verify(installed, platform, stop),
      ({ workflow, assertions }) => `${workflow} is proven: ${assertions.length} values are as expected`,
    );
  } finally {
    await steps.run(
      'stop',
      () => platform.stop().catch(failStep),
      () => 'the platform has stopped',
    );
  }
}

async function boot({ program, root, version }: Installation, stop: AbortSignal): Promise<StartedPlatform> {
  const platform = await startPlatform({}, { launcher: program, directory: root }, stop).catch(failStep);
  if (platform.running.version === version) return platform;
  await platform.stop();
  throw failed(`PLATFORM_DIFFERS: the platform is version ${platform.running.version}, the package is ${version}`);
}

async function verify({ program, root }: Installation, { running }: StartedPlatform, stop: AbortSignal): Promise<Loop> {
  const env = { ...inheritedVariables(), TEST_USER_LOGIN: running.login, TEST_USER_PASSWORD: running.password };
  const args = ['verify', join(root, EXAMPLE), '--target', running.url];
  const { code, stdout, stderr } = await runProgram(program, args, { directory: root, env, stop });
  if (code !== EXIT_CODES.done) throw failed(`LOOP_FAILED: verify ended with ${code ?? 'a signal'}:\n${stderr.trim()}`);
  const loop = JSON.parse(stdout) as Loop;
  if (loop.platform.instance_id !== running.instance_id) throw failed('LOOP_FAILED: it ran on another platform');
  return loop;
}

function failStep(error: unknown): never {
  throw error instanceof TargetError ? failed(error.message) : error;
}

const failed = (message: string): CommandError => new CommandError(message, EXIT_CODES.testFailed);
