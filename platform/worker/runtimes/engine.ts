import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errorMessage } from '../../base/error-details';
import type { ContainerSettings } from '../../base/settings/paired';
import { selectVariables } from '../process/process-environment';
import { SettingError } from '../../base/settings/values';

const run = promisify(execFile);

const COMMAND_TIMEOUT_MS = 30_000;

/** What the engine's program reads of this host's environment. */
const ENGINE_VARIABLE = /^(PATH|HOME|TMPDIR|XDG_\w+|CONTAINERS?_\w+|DOCKER_\w+)$/;

export const engineEnvironment = (): Record<string, string> =>
  selectVariables(process.env, (name) => ENGINE_VARIABLE.test(name));

/** Returns stdout, trimmed. Rejects with what the engine wrote to stderr. */
async function engineCommand(engine: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(engine, args, { timeout: COMMAND_TIMEOUT_MS, env: engineEnvironment() });
    return stdout.trim();
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Error(stderr.trim() || message);
  }
}

/** Rejects where the engine does not answer, or has no such image. */
export const findImage = (engine: string, image: string): Promise<string> =>
  engineCommand(engine, 'image', 'inspect', '--format', '{{.Id}}', image);

/** Its version. Rejects where it does not answer, or lacks the image. */
export async function inspectEngine({ engine, image }: ContainerSettings): Promise<string> {
  await findImage(engine, image);
  return engineCommand(engine, 'version', '--format', '{{.Client.Version}}');
}

/** Throws SettingError where actions could not run in containers as they are set. */
export async function requireEngine(containers: ContainerSettings | null): Promise<void> {
  if (containers === null) return;
  const { engine, image } = containers;
  await inspectEngine(containers).catch((error: unknown) => {
    const expected = `an engine that answers and has the image ${image}: ${errorMessage(error)}`;
    throw new SettingError('PLATFORM_CONTAINER_ENGINE', engine, expected);
  });
}

/**
 * The value of `--log-driver`. With `passthrough`, which podman has from version 4, a script
 * writes to the streams of the engine's command. Else podman copies its output, and may lose that
 * of a script that ends at once.
 */
export async function logDriver(engine: string): Promise<string> {
  const [, major = '0'] = /^podman version (\d+)/.exec(await engineCommand(engine, '--version')) ?? [];
  return Number(major) >= 4 ? 'passthrough' : 'none';
}

/** Kills what runs in it. Rejects where the engine could not remove it. */
export async function removeContainer(engine: string, name: string): Promise<void> {
  if ((await engineCommand(engine, 'ps', '--all', '--quiet', '--filter', `name=^${name}$`)) === '') return;
  await engineCommand(engine, 'rm', '--force', '--volumes', name);
}
