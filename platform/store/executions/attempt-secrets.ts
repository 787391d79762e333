import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { withDefaults } from '../../core/schema/flat-schema';
import { appliedDefaults, connectionsOf, findReferences, type Connections } from '../../core/secrets/connections';
import { resolveConnections } from '../../core/secrets/resolve-connections';
import { isRedactionMarker, extractSecrets, insertSecrets } from '../../core/secrets/extract-secrets';
import { schemaTaint } from '../../core/secrets/schema-taint';
import type { Attempt, Credential } from '../lifecycle/attempt';
import { servesExtensions, type Transaction } from '../database/connection';
import { canDelegate } from '../identities/delegation';
import { listAssignedPermissionSets, findPermissionSetsByRef, STANDARD_PERMISSION_SET_REF } from '../identities/grants';
import { isAuthor } from './permission-limit';
import { loadConnectedKeys } from '../secrets/connected-keys';
import { listInjectedKeys, type InjectedKey, type KeystoreEntry } from '../secrets/keys';
import { unsealParameterSecrets } from '../secrets/seal-parameters';
import { UnsealFailed } from '../secrets/vault';

/** The columns of an execution that a worker is about to start. */
export interface ExecutionToStart {
  readonly id: number;
  readonly tenant: number;
  readonly action: number | null;
  readonly action_ref: string;
  readonly pack: number | null;
  readonly pack_ref: string | null;
  readonly config: JsonObject | null;
  readonly secret_values: string | null;
  readonly connections: Json;
  readonly task_name: string | null;
  readonly param_schema: JsonObject | null;
  readonly executor: number | null;
  readonly permission_set_refs: readonly string[];
  readonly permission_limit: readonly string[] | null;
  /** Its executor has saved all that leads to it. */
  readonly authored_by_executor: boolean;
  /** The author of the action, where it is known, and the sets that it held. */
  readonly saved_by: number | null;
  readonly saved_with_sets: readonly string[] | null;
  /** The action belongs to the pack `core`: it has no author. */
  readonly is_shared: boolean;
  /** An external worker runs it, without keys, which are for programs on the platform's hosts. */
  readonly is_for_agent: boolean;
  /** The action of the workflow whose task it is. */
  readonly workflow_ref: string | null;
  readonly workflow_pack_ref: string | null;
}

type AttemptSecrets = Pick<
  Attempt,
  'parameters' | 'context' | 'secrets' | 'problem' | 'missingConnection' | 'credential'
>;

/** Secret values and rights of the processes of these executions, in the order of `executions`. */
export async function resolveAttemptSecrets(
  transaction: Transaction,
  executions: readonly ExecutionToStart[],
): Promise<AttemptSecrets[]> {
  const keys = await listInjectedKeys(transaction, presentIds(executions, 'pack'), presentIds(executions, 'action'));
  const ids = executions.flatMap(({ connections }) => Object.values((connections ?? {}) as Connections));
  const connectedKeys = await loadConnectedKeys(transaction, ids);
  return Promise.all(
    executions.map(async (execution) => {
      const parameters = resolveParameters(transaction, execution, keys, connectedKeys);
      const { credential, problem } = await resolveCredential(transaction, execution);
      return { ...parameters, credential, problem: parameters.problem ?? problem };
    }),
  );
}

const presentIds = (executions: readonly ExecutionToStart[], name: 'pack' | 'action'): number[] =>
  executions.map((execution) => execution[name]).filter((id) => id !== null);

/**
 * Keys override parameters of the same name: those of the system, then of the pack, then of the
 * action.
 */
function resolveParameters(
  transaction: Transaction,
  execution: ExecutionToStart,
  keys: readonly InjectedKey[],
  connectedKeys: ReadonlyMap<number, KeystoreEntry>,
): Omit<AttemptSecrets, 'credential'> {
  const redacted = withDefaults(execution.param_schema, execution.config);
  const context = isRedactionMarker(redacted.context) ? null : (redacted.context ?? null);
  try {
    const secrets = unsealParameterSecrets(transaction, execution);
    const isOurs = !execution.is_for_agent;
    const applicable = isOurs ? keys.filter((key) => isInjected(key, execution)) : [];
    const readable = isOurs ? new Map([...connectedKeys, ...applicable.map((key) => [key.id, key] as const)]) : null;
    const connections = {
      ...(execution.connections as Connections),
      ...defaultConnections(transaction, execution, applicable),
    };
    const restored = insertSecrets(redacted, secrets);
    const resolved = resolveConnections(restored, connections, (key) => readable?.get(key)?.value());
    const [missing] = resolved.missing;
    const values = applicable.map(({ name, encrypted, value }) => ({ name, encrypted, value: value() }));
    return {
      parameters: {
        ...resolved.parameters,
        ...Object.fromEntries(values.map(({ name, value }) => [name, value])),
      },
      context: withoutMarkers(context),
      secrets: [
        ...Object.values(secrets),
        ...secretDefaults(execution),
        ...resolved.values,
        ...values.filter(({ encrypted }) => encrypted).map(({ value }) => value),
      ],
      problem: null,
      missingConnection: missing === undefined ? null : { ref: missing, task: execution.task_name },
    };
  } catch (error) {
    if (!(error instanceof UnsealFailed)) throw error;
    return {
      parameters: {},
      context: null,
      secrets: [],
      problem: `SECRET_UNAVAILABLE: ${error.message}`,
      missingConnection: null,
    };
  }
}

/** A default is part of the action: it reads the keys that are given to the action's processes. */
function defaultConnections(
  transaction: Transaction,
  { param_schema, config }: ExecutionToStart,
  applicable: readonly InjectedKey[],
): Connections {
  const references = servesExtensions(transaction) ? findReferences(appliedDefaults(param_schema, config)) : {};
  return connectionsOf(references, new Map(applicable.map(({ ref, id }) => [ref, id])));
}

/** Those are no part of the sealed parameters. */
function secretDefaults({ param_schema, config }: ExecutionToStart): Json[] {
  const defaults = appliedDefaults(param_schema, config);
  return Object.values(extractSecrets(defaults, schemaTaint(param_schema, defaults)).secrets);
}

const isInjected = ({ pack, action }: InjectedKey, execution: ExecutionToStart): boolean =>
  appliesTo(pack, execution.pack) && appliesTo(action, execution.action);

const appliesTo = (owner: number | null, id: number | null): boolean => owner === null || owner === id;

const withoutMarkers = (context: Json): Json =>
  isObject(context)
    ? Object.fromEntries(Object.entries(context).filter(([, value]) => !isRedactionMarker(value)))
    : context;

/**
 * Rights are delegated at the start, so that an identity that has lost them since delegates
 * nothing.
 */
async function resolveCredential(
  transaction: Transaction,
  { executor, permission_set_refs: refs, ...execution }: ExecutionToStart,
): Promise<{ credential: Credential | null; problem: string | null }> {
  if (refs.length === 0) return { credential: null, problem: null };
  if (executor === null) return { credential: null, problem: 'FORBIDDEN: the identity that requested it was deleted' };
  const requestedRefs = refs.filter((ref) => ref !== STANDARD_PERMISSION_SET_REF);
  const [executorSets, requestedSets] = [
    await listAssignedPermissionSets(transaction, executor),
    await findPermissionSetsByRef(transaction, requestedRefs),
  ];
  const notDelegable = requestedSets.find((set) => !canDelegate(executorSets, set));
  const { permission_limit: limit } = execution;
  const carriedSets = limit && (await findPermissionSetsByRef(transaction, limit));
  const notCarried = carriedSets && requestedSets.find((set) => !canDelegate(carriedSets, set));
  if (notCarried)
    return {
      credential: null,
      problem: `FORBIDDEN: the token above it does not carry permission set '${notCarried.ref}'`,
    };
  if (notDelegable)
    return {
      credential: null,
      problem: `FORBIDDEN: the executor may not delegate permission set '${notDelegable.ref}'`,
    };
  const { saved_with_sets: authorRefs, is_shared: isShared } = execution;
  const authorSets = isShared || authorRefs === null ? null : await findPermissionSetsByRef(transaction, authorRefs);
  const notAuthored = authorSets && requestedSets.find((set) => !canDelegate(authorSets, set));
  if (notAuthored)
    return {
      credential: null,
      problem: `FORBIDDEN: who saved action '${execution.action_ref}' did not hold permission set '${notAuthored.ref}'`,
    };
  const present = (...names: (string | null)[]) => [...new Set(names.filter((ref) => ref !== null))];
  return {
    credential: {
      identity: executor,
      permissionSetRefs: refs,
      isAuthoredByExecutor: execution.authored_by_executor && (isShared || isAuthor(executor, execution.saved_by)),
      standardActionRefs: present(execution.action_ref, execution.workflow_ref),
      standardPackRefs: present(execution.pack_ref, execution.workflow_pack_ref),
    },
    problem: null,
  };
}
