import { isObject, type Json, type JsonObject } from '../../contract/json';
import { withDefaults } from '../core/workflow/parameters';
import type { Attempt, Credential } from '../worker/attempt';
import type { Transaction } from './database';
import { holdsAll } from './delegation';
import { assignedSets, namedSets, STANDARD } from './grants';
import { injectedKeys, type InjectedKey } from './keys';
import { isMarker, restore, secretsOf } from './secret-parameters';
import { SealBroken } from './vault';

/** What is read of an execution that a worker is about to start. */
export interface Starting {
  readonly id: number;
  readonly tenant: number;
  readonly action: number | null;
  readonly action_ref: string;
  readonly pack: number | null;
  readonly pack_ref: string | null;
  readonly config: JsonObject | null;
  readonly secret_values: string | null;
  readonly param_schema: JsonObject | null;
  readonly executor: number | null;
  readonly permission_set_refs: readonly string[];
  /** Action of the workflow that it is a task of. */
  readonly workflow_ref: string | null;
}

type Confided = Pick<Attempt, 'parameters' | 'context' | 'secrets' | 'problem' | 'credential'>;

/** The values that only the processes of these executions are given, and their rights, in the order of the executions. */
export async function confide(transaction: Transaction, executions: readonly Starting[]): Promise<Confided[]> {
  const keys = await injectedKeys(transaction, given(executions, 'pack'), given(executions, 'action'));
  return Promise.all(
    executions.map(async (execution) => {
      const parameters = parametersOf(transaction, execution, keys);
      const { credential, problem } = await credentialOf(transaction, execution);
      return { ...parameters, credential, problem: parameters.problem ?? problem };
    }),
  );
}

const given = (executions: readonly Starting[], name: 'pack' | 'action'): number[] =>
  executions.map((execution) => execution[name]).filter((id) => id !== null);

/** Keys go over parameters of the same name: of the system, then of the pack, then of the action. */
function parametersOf(
  transaction: Transaction,
  execution: Starting,
  keys: readonly InjectedKey[],
): Omit<Confided, 'credential'> {
  const shown = withDefaults(execution.param_schema, execution.config);
  const context = isMarker(shown.context) ? null : (shown.context ?? null);
  try {
    const secrets = secretsOf(transaction, execution);
    const own = keys.filter(({ pack, action }) => isFor(pack, execution.pack) && isFor(action, execution.action));
    const values = own.map(({ name, encrypted, value }) => ({ name, encrypted, value: value() }));
    return {
      parameters: { ...restore(shown, secrets), ...Object.fromEntries(values.map(({ name, value }) => [name, value])) },
      context: withoutMarkers(context),
      secrets: [...Object.values(secrets), ...values.filter(({ encrypted }) => encrypted).map(({ value }) => value)],
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return { parameters: {}, context: null, secrets: [], problem: `SECRET_UNAVAILABLE: ${error.message}` };
  }
}

const isFor = (owner: number | null, own: number | null): boolean => owner === null || owner === own;

const withoutMarkers = (context: Json): Json =>
  isObject(context) ? Object.fromEntries(Object.entries(context).filter(([, value]) => !isMarker(value))) : context;

/** Rights are handed on at the start, so that whoever lost them since hands nothing on. */
async function credentialOf(
  transaction: Transaction,
  { executor, permission_set_refs: refs, ...execution }: Starting,
): Promise<{ credential: Credential | null; problem: string | null }> {
  if (refs.length === 0) return { credential: null, problem: null };
  if (executor === null) return { credential: null, problem: 'FORBIDDEN: nobody is left whose rights it could have' };
  const wanted = refs.filter((ref) => ref !== STANDARD);
  const [held, asked] = [await assignedSets(transaction, executor), await namedSets(transaction, wanted)];
  const foreign = asked.find((set) => !holdsAll(held, set));
  if (foreign)
    return { credential: null, problem: `FORBIDDEN: permission set '${foreign.ref}' was not its executor's to give` };
  const workflow = execution.workflow_ref === null ? [] : [execution.workflow_ref];
  const actions = [execution.action_ref, ...workflow];
  return {
    credential: {
      identity: executor,
      permissionSetRefs: refs,
      standardActionRefs: [...new Set(actions)],
      standardPackRefs: [...new Set([...(execution.pack_ref ? [execution.pack_ref] : []), ...workflow.map(packOf)])],
    },
    problem: null,
  };
}

const packOf = (ref: string): string => ref.split('.')[0]!;
