import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../contract/json';
import { textOrEmpty } from '../../../contract/json-text/text-or-json';
import { writeJson } from '../../../contract/json-text/write-json';
import { isExecutable } from '../../base/host/path-checks';
import {
  BUILT_IN_PREFIX,
  failure,
  IMMEDIATE_ACTIONS,
  numberParameter,
  output,
  type BuiltInOutput,
} from '../../outcomes/built-in-actions';
import { codedFailure } from '../../outcomes/start-failure';
import type { WorkerContext } from '../worker-context';
import { resolvePackFile } from './pack-file';
import { NotRunnable, type BuiltInPlan, type ProgramPlan, type ProgramRuntime } from './runtime';

const HTTP_REQUEST_ENTRYPOINT = 'builtin:http_request';

/** Executable files of packs, and the actions that the worker runs itself: `builtin:<name>`. */
export const nativeRuntime: ProgramRuntime = {
  name: 'native',
  detectVersion: () => Promise.resolve(process.version.slice(1)),
  plan: async ({ attempt, workerContext }) => {
    if (attempt.entrypoint === HTTP_REQUEST_ENTRYPOINT) return httpRequestPlan(workerContext);
    if (attempt.entrypoint.startsWith(BUILT_IN_PREFIX)) {
      return builtInPlan(attempt.entrypoint.slice(BUILT_IN_PREFIX.length), attempt.parameters);
    }
    const path = await resolvePackFile(attempt);
    if (!(await isExecutable(path))) {
      throw new NotRunnable(
        codedFailure('ACTION_NOT_EXECUTABLE', attempt.entrypoint, 'it is not executable: chmod +x'),
      );
    }
    return { kind: 'program', command: path, args: [], variables: {}, input: 'parameters' };
  },
};

const MAX_SLEEP_SECONDS = 3_600;

async function runSleep({ seconds, message }: JsonObject, stop: AbortSignal): Promise<BuiltInOutput> {
  const durationSeconds = numberParameter(seconds, 1);
  const isValid = durationSeconds >= 0 && durationSeconds <= MAX_SLEEP_SECONDS;
  if (!isValid) return failure(`seconds must be a number from 0 to ${MAX_SLEEP_SECONDS}`);
  await sleep(Math.ceil(durationSeconds * 1_000) + 1, undefined, { signal: stop });
  const text = textOrEmpty(message);
  return output(`${text === '' ? '' : `${text}\n`}Slept for ${durationSeconds} seconds\n`);
}

/** An action of pack core that needs no process. Throws NotRunnable for an unknown name. */
function builtInPlan(name: string, parameters: JsonObject): BuiltInPlan {
  const run = Object.hasOwn(IMMEDIATE_ACTIONS, name) ? IMMEDIATE_ACTIONS[name] : undefined;
  if (run !== undefined) return { kind: 'builtin', run: () => Promise.resolve(run(parameters)) };
  if (name === 'sleep') return { kind: 'builtin', run: (stop) => runSleep(parameters, stop) };
  throw new NotRunnable(
    `builtin:${name} does not exist: there are ${[...Object.keys(IMMEDIATE_ACTIONS), 'sleep'].join(', ')}`,
  );
}

/** Several times the memory of the largest response. */
const HEAP_MIB = 192;

/**
 * `core.http_request` as a process of its own: the response of an untrusted server is parsed and
 * decompressed in a process without a database connection. See docs/decisions/http-requests.md.
 */
const httpRequestPlan = ({ egress, program }: WorkerContext): ProgramPlan => ({
  kind: 'program',
  command: process.execPath,
  args: [`--max-old-space-size=${HEAP_MIB}`, join(dirname(program), 'http-request.cjs'), writeJson(egress)],
  variables: { platformOnly: true },
  input: 'parameters',
  interpreter: { optionCount: 1, waiter: 'wait.js' },
});
