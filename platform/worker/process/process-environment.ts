import { delimiter } from 'node:path';
import type { Env } from '../../../contract/environment';
import { isObject } from '../../../contract/json';
import type { Attempt } from '../../store/lifecycle/attempt';
import { artifactsOf } from './artifacts-directory';
import { textOrJson } from '../../../contract/json-text/text-or-json';
import type { WorkerContext } from '../worker-context';
import { environmentsDirectory } from '../../base/directories';
import { workerMark } from './orphan-cleanup';
import { MARK_VARIABLE } from './process-table';

type Variables = Record<string, string>;

/** Variables that a runtime adds: whole values, and directories prepended to a search path. */
export interface RuntimeVariables {
  readonly set?: Readonly<Record<string, string>>;
  readonly prepend?: Readonly<Record<string, string>>;
  /** Platform code runs there: neither the request nor the parameter `context` adds variables. */
  readonly platformOnly?: true;
}

/** What every program may need of the host; the rest of the operator's environment stays out. */
const HOST_VARIABLE = /^(PATH|HOME|LANG|LC_[A-Z]+|TZ|TMPDIR)$/;

/** The part of the worker's environment that a program gets: the host's, and the named ones. */
export const inheritableVariables = (workerEnv: Env, named: readonly string[]): Variables =>
  selectVariables(workerEnv, (name) => HOST_VARIABLE.test(name) || named.includes(name));

/** The variables that are set and whose names are accepted. */
export const selectVariables = (env: Env, accepts: (name: string) => boolean): Variables =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && accepts(entry[0])),
  );

/** A valid variable name; any other would corrupt the entries after it. */
const VARIABLE_NAME = /^[^=\0]+$/;

/** Given by the platform alone: an attempt that lacks one does not get it from its request. */
const PLATFORM_NAMES = new Set([
  ...['ATTUNE_EXEC_ID', 'ATTUNE_ACTION', 'ATTUNE_PACK_REF', 'ATTUNE_API_URL', 'ATTUNE_API_TOKEN'],
  ...['ATTUNE_ARTIFACTS_DIR', 'ATTUNE_RUNTIME_ENVS_DIR', 'ATTUNE_RULE', 'ATTUNE_TRIGGER'],
  ...['ATTUNE_PARAMETER_DELIVERY', 'ATTUNE_PARAMETER_FORMAT', 'ATTUNE_PARAMETER_FILE'],
  ...['PLATFORM_ATTEMPT', 'PLATFORM_INSTANCE', 'PLATFORM_WORKER', MARK_VARIABLE],
]);
const CONTEXT_PREFIX = 'ATTUNE_CONTEXT_';

const isRequestable = (name: string): boolean =>
  VARIABLE_NAME.test(name) && !PLATFORM_NAMES.has(name) && !name.startsWith(CONTEXT_PREFIX);

/** Values that an attempt receives through its environment; null: none. */
interface EnvironmentInputs {
  /** Path of the parameter file. */
  readonly parameterFile: string | null;
  readonly token: string | null;
}

/**
 * The environment of an attempt's process. The platform's own names override the runtime's, which
 * override the request's; a request gives none of the platform's own.
 */
export function processEnvironment(
  attempt: Attempt,
  workerContext: WorkerContext,
  workerEnv: Env,
  runtime: RuntimeVariables,
  { parameterFile, token }: EnvironmentInputs,
): Variables {
  const requested = runtime.platformOnly
    ? {}
    : Object.fromEntries(Object.entries(attempt.envVars).filter(([name]) => isRequestable(name)));
  const inherited = inheritableVariables(workerEnv, workerContext.actionVariables);
  const env = withRuntimeVariables({ ...inherited, ...workerContext.presetVariables, ...requested }, runtime);
  const context = runtime.platformOnly ? {} : contextVariables(attempt);
  return { ...env, ...context, ...platformVariables(attempt, workerContext, { parameterFile, token }) };
}

/** They name places and processes of the host. */
const OF_THE_HOST = /^(ATTUNE_(API_URL|ARTIFACTS_DIR|RUNTIME_ENVS_DIR)|PLATFORM_(INSTANCE|WORKER))$/;

/** The environment in a container: of the host's variables, only those that the operator names. */
export function containerEnvironment(attempt: Attempt, workerContext: WorkerContext, workerEnv: Env): Variables {
  const named = selectVariables(workerEnv, (name) => workerContext.actionVariables.includes(name));
  const env = processEnvironment(attempt, workerContext, named, {}, { parameterFile: null, token: null });
  return selectVariables(env, (name) => !OF_THE_HOST.test(name) && shellIdentifier(name) === name);
}

/** Sets the runtime's values, and puts its directories first in their search paths. */
export function withRuntimeVariables(
  base: Readonly<Record<string, string>>,
  { set, prepend }: RuntimeVariables,
): Variables {
  const env = { ...base, ...set };
  for (const [name, directory] of Object.entries(prepend ?? {})) {
    const existing = env[name];
    env[name] = existing ? `${directory}${delimiter}${existing}` : directory;
  }
  return env;
}

function platformVariables(
  attempt: Attempt,
  workerContext: WorkerContext,
  { parameterFile, token }: EnvironmentInputs,
): Variables {
  return {
    ATTUNE_EXEC_ID: String(attempt.execution),
    ATTUNE_ACTION: attempt.actionRef,
    ATTUNE_PACK_REF: attempt.packRef,
    ATTUNE_API_URL: workerContext.apiUrl,
    ATTUNE_ARTIFACTS_DIR: artifactsOf(attempt, workerContext),
    ATTUNE_RUNTIME_ENVS_DIR: environmentsDirectory(workerContext, attempt),
    ATTUNE_PARAMETER_DELIVERY: attempt.delivery,
    ATTUNE_PARAMETER_FORMAT: attempt.parameterFormat,
    ...(token !== null && { ATTUNE_API_TOKEN: token }),
    ...(parameterFile !== null && { ATTUNE_PARAMETER_FILE: parameterFile }),
    ...(attempt.rule !== null && { ATTUNE_RULE: attempt.rule }),
    ...(attempt.trigger !== null && { ATTUNE_TRIGGER: attempt.trigger }),
    ...(workerContext.extensions && { PLATFORM_ATTEMPT: String(attempt.attempt) }),
    ...workerMark(workerContext.instance, workerContext.worker),
  };
}

/** One variable for each entry of the parameter `context`. */
function contextVariables({ context }: Attempt): Variables {
  if (!isObject(context)) return {};
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => [
      `${CONTEXT_PREFIX}${shellIdentifier(name).toUpperCase()}`,
      textOrJson(value),
    ]),
  );
}

/** A name as a shell identifier: invalid characters and a leading digit become `_`. */
export const shellIdentifier = (name: string): string => name.replace(/^\d|[^A-Za-z0-9_]/g, '_');
