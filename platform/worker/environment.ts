import { delimiter } from 'node:path';
import { isObject } from '../../contract/json';
import type { Attempt } from './attempt';
import { plain } from './formats';
import { artifactsOf, environmentsOf, markerOf, type Surroundings } from './surroundings';
import { WORKER } from './former-life';
import { MARK } from './process-table';

type Env = Readonly<Record<string, string | undefined>>;
type Variables = Record<string, string>;

/** What a runtime adds: whole values, and directories that go in front of a search path. */
export interface RuntimeVariables {
  readonly set?: Readonly<Record<string, string>>;
  readonly prepend?: Readonly<Record<string, string>>;
  /** Neither the request nor the parameter `context` adds to it: code of ours runs there, which they must not steer. */
  readonly closed?: true;
}

/**
 * The platform's secrets and settings, and what tools that started the worker left behind: an outer npm's settings win
 * over ours, NODE_OPTIONS reaches into every Node program, PYTHONPATH into every Python one.
 */
const STRIPPED =
  /^(PLATFORM_|ATTUNE_|E2E_|TEST_USER_|JEST_|NODE_|PG|TS_NODE_|REQUIRE_LIVE$|DATABASE_URL$|INIT_CWD$|npm_|NPM_|PIP_|UV_|PYTHON|VIRTUAL_ENV$)/;

/** A worker's own environment without what an action or an installer must not see. */
export const inheritable = (own: Env): Variables =>
  Object.fromEntries(
    Object.entries(own).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !STRIPPED.test(entry[0]),
    ),
  );

/** A name that an environment can hold; others would shift what comes after them. */
const NAME = /^[^=\0]+$/;

/** What an attempt is handed by way of its environment; null: nothing of the kind. */
export interface Handed {
  /** Path of the file with its parameters. */
  readonly parameterFile: string | null;
  readonly token: string | null;
}

/** The environment of an attempt's process. The platform's own names win, then the runtime's, then the request's. */
export function processEnvironment(
  attempt: Attempt,
  surroundings: Surroundings,
  own: Env,
  runtime: RuntimeVariables,
  { parameterFile, token }: Handed,
): Variables {
  const asked = runtime.closed
    ? {}
    : Object.fromEntries(Object.entries(attempt.envVars).filter(([name]) => NAME.test(name)));
  const env = { ...inheritable(own), ...asked, ...runtime.set };
  for (const [name, directory] of Object.entries(runtime.prepend ?? {})) {
    const behind = env[name];
    env[name] = behind ? `${directory}${delimiter}${behind}` : directory;
  }
  const context = runtime.closed ? {} : contextOf(attempt);
  return { ...env, ...context, ...platformVariables(attempt, surroundings, { parameterFile, token }) };
}

function platformVariables(attempt: Attempt, surroundings: Surroundings, { parameterFile, token }: Handed): Variables {
  return {
    ATTUNE_EXEC_ID: String(attempt.execution),
    ATTUNE_ACTION: attempt.actionRef,
    ATTUNE_PACK_REF: attempt.packRef,
    ATTUNE_API_URL: surroundings.apiUrl,
    ATTUNE_ARTIFACTS_DIR: artifactsOf(surroundings, attempt),
    ATTUNE_RUNTIME_ENVS_DIR: environmentsOf(surroundings, attempt),
    ATTUNE_PARAMETER_DELIVERY: attempt.delivery,
    ATTUNE_PARAMETER_FORMAT: attempt.parameterFormat,
    ...(token !== null && { ATTUNE_API_TOKEN: token }),
    ...(parameterFile !== null && { ATTUNE_PARAMETER_FILE: parameterFile }),
    ...(attempt.rule !== null && { ATTUNE_RULE: attempt.rule }),
    ...(attempt.trigger !== null && { ATTUNE_TRIGGER: attempt.trigger }),
    PLATFORM_INSTANCE: surroundings.instance,
    PLATFORM_ATTEMPT: String(attempt.attempt),
    [MARK]: markerOf(surroundings, attempt),
    [WORKER]: surroundings.worker,
  };
}

/** One variable for each entry of a parameter named `context`. */
function contextOf({ context }: Attempt): Variables {
  if (!isObject(context)) return {};
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => [`ATTUNE_CONTEXT_${identifier(name).toUpperCase()}`, plain(value)]),
  );
}

/** A name as a shell takes it: what no identifier may hold, a leading digit too, becomes `_`. */
export const identifier = (name: string): string => name.replace(/^\d|[^A-Za-z0-9_]/g, '_');
