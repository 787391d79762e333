import type { JsonObject } from '../../../../contract/json';
import { textOrJson } from '../../../../contract/json-text/text-or-json';
import { writeJson } from '../../../../contract/json-text/write-json';
import { parseInstant } from '../../../../helpers/instant';
import type { Subject } from './known';
import { contextOf } from './objects';
import { actionRef, executor, rowOf, ruleRef, triggerRef, type Cell } from './row-cells';
import { REQUESTED } from './start-ways';
import type { Printed } from './witness';

/** How long a token outlives the limit of its process, seconds. */
const TOKEN_MARGIN_SECONDS = 60;

/** Of the host: what the process of the way `request` has. */
const asRequest =
  (name: string): Cell =>
  ({ known: { host } }) =>
    host[name];

/** Every variable that the platform gives a process; one that has no value is absent. */
export const VARIABLES: Readonly<Record<string, Cell>> = {
  ATTUNE_EXEC_ID: ({ id }) => String(id),
  ATTUNE_ACTION: actionRef,
  ATTUNE_PACK_REF: ({ known: { pack } }) => pack,
  ATTUNE_API_URL: asRequest('ATTUNE_API_URL'),
  ATTUNE_ARTIFACTS_DIR: asRequest('ATTUNE_ARTIFACTS_DIR'),
  ATTUNE_RUNTIME_ENVS_DIR: asRequest('ATTUNE_RUNTIME_ENVS_DIR'),
  ATTUNE_PARAMETER_DELIVERY: () => 'stdin',
  ATTUNE_PARAMETER_FORMAT: () => 'json',
  ATTUNE_API_TOKEN: () => '***', // which is redacted; the witness prints its claims, too
  ATTUNE_PARAMETER_FILE: () => undefined, // the parameters arrive on stdin
  ATTUNE_RULE: (subject) => ruleRef(subject) ?? undefined,
  ATTUNE_TRIGGER: (subject) => triggerRef(subject) ?? undefined,
  ATTUNE_CONTEXT_WAY: ({ way: { given } }) => given,
  ATTUNE_CONTEXT_OF_MORE: ({ way: { given } }) => given && writeJson(contextOf(given)['of-more']),
  ATTUNE_CONTEXT_OTHER: () => undefined, // no entry of the parameter `context` has the name
  ATTUNE_CONTEXT_: () => undefined,
  PLATFORM_ATTEMPT: () => '1',
  PLATFORM_INSTANCE: asRequest('PLATFORM_INSTANCE'),
  PLATFORM_WORKER: asRequest('PLATFORM_WORKER'),
  PLATFORM_MARK: ({ id, known: { host } }) => `${host.PLATFORM_INSTANCE}:${id}:1`,
  E2E_TEXT: ({ cause }) => (cause.isFull ? REQUESTED.env_vars.E2E_TEXT : undefined),
};

/**
 * What the process receives: its parameters over the defaults, and keys; as its shell prints them.
 */
function parametersOf({ way: { given, secret, more = {} }, known: { nonce } }: Subject): JsonObject {
  const shown: JsonObject = Object.fromEntries(
    Object.entries(more).map(([name, value]) => [name.toUpperCase(), textOrJson(value)]),
  );
  return {
    EMPTY: 'for null',
    MISSING: 'by default',
    GIVEN: given!,
    CONTEXT: writeJson(contextOf(given!)),
    INJECTED: `${nonce}-injected`,
    STORED: '***',
    ...(secret !== undefined && { SECRET: '***', CONNECTED: '***' }),
    ...shown,
  };
}

/** The claims of its token. Its lifetime shows the limit of its process. */
function claimsOf(subject: Subject): JsonObject {
  const { id, way, parent, cause, known } = subject;
  const issued = Math.floor(parseInstant(known.instants[way.at?.[1] ?? 0]) / 1_000);
  const workflow = way.task === undefined ? [] : [known.refs.get(parent!)!];
  return {
    sub: String(executor(subject)),
    login: `execution:${id}`,
    tenant: known.tenant,
    scope: 'execution',
    token_type: 'execution',
    iat: issued,
    exp: issued + way.limit! + TOKEN_MARGIN_SECONDS,
    metadata: {
      execution_id: id,
      attempt: 1,
      action_ref: actionRef(subject),
      permission_set_refs: [...way.sets!],
      authored_by_executor: cause.by === 'admin',
      standard_access_action_refs: [actionRef(subject), ...workflow],
      standard_access_pack_refs: [known.pack],
    },
  };
}

/** What the witness prints in this way. */
export const printedIn = (subject: Subject): Printed => ({
  variables: rowOf(VARIABLES, subject) as Printed['variables'],
  parameters: parametersOf(subject),
  claims: claimsOf(subject),
  secret: subject.way.secret ?? '',
});
