import type { AuthorizationTarget } from './constraints';
import type { Transaction } from '../store/database/connection';
import { isDescendant, descendsFromIdentity } from '../store/executions/lineage';
import type { PackRow } from '../store/packs/packs';
import type { Caller } from './caller';

/** What the constraints of grants compare, for each kind of resource. */

const packRefOf = (ref: string): string => ref.split('.')[0]!;

type PackIdentity = Pick<PackRow, 'ref' | 'installed_by'> & { readonly id?: number };

/** A pack belongs to the identity that created it. */
export const packTarget = ({ id, ref, installed_by: owner }: PackIdentity): AuthorizationTarget => ({
  ...(id !== undefined && { id }),
  ...{ ref, packRef: ref, owner },
});

export interface ComponentRow {
  readonly id?: number;
  readonly ref: string;
  readonly pack_ref?: string | null;
  readonly owner_identity?: number | null;
}

/**
 * An action, workflow, trigger, sensor, rule, runtime or permission set. Only a rule has an owner.
 */
export const componentTarget = ({
  id,
  ref,
  pack_ref,
  owner_identity: owner = null,
}: ComponentRow): AuthorizationTarget => ({
  ...(id !== undefined && { id }),
  ...{ ref, packRef: pack_ref === undefined ? packRefOf(ref) : pack_ref, owner },
});

/** An event, named by its trigger, or an enforcement, named by its rule. */
export const eventTarget = (id: number, ref: string): AuthorizationTarget => ({
  id,
  ref,
  packRef: packRefOf(ref),
  owner: null,
});

interface ExecutionRow {
  readonly id: number;
  readonly action_ref: string;
  readonly parent: number | null;
  readonly executor: number | null;
}

/** An execution is named by its action's ref and belongs to the identity that requested it. */
export async function executionTarget(
  transaction: Transaction,
  caller: Caller,
  row: ExecutionRow,
): Promise<AuthorizationTarget> {
  const { id, action_ref: ref, executor: owner } = row;
  return { id, ref, packRef: packRefOf(ref), owner, scope: await executionScope(transaction, caller, row) };
}

/**
 * `self`: what the caller requested, or the running action itself. `descendants`: what came of it,
 * at any depth.
 */
async function executionScope(
  transaction: Transaction,
  { execution: ownExecution, identity }: Caller,
  { id, parent, executor }: ExecutionRow,
): Promise<'self' | 'descendants' | 'any'> {
  const isSelf = ownExecution === null ? executor === identity : id === ownExecution;
  if (isSelf) return 'self';
  if (parent === null) return 'any';
  const isDescendantOfCaller =
    ownExecution === null
      ? descendsFromIdentity(transaction, id, identity)
      : isDescendant(transaction, id, ownExecution);
  return (await isDescendantOfCaller) ? 'descendants' : 'any';
}

interface InquiryRow {
  readonly id: number;
  readonly assigned_to: number | null;
}

/** An inquiry has the target of its execution, and belongs to its assignee. */
export async function inquiryTarget(
  transaction: Transaction,
  caller: Caller,
  { id, assigned_to: owner }: InquiryRow,
  execution: ExecutionRow,
): Promise<AuthorizationTarget> {
  return { ...(await executionTarget(transaction, caller, execution)), id, owner };
}

interface IdentityRow {
  readonly id: number;
  readonly login: string;
}

/** A worker is named by its name. */
export const workerTarget = ({ id, name }: { readonly id: number; readonly name: string }): AuthorizationTarget => ({
  ...{ id, ref: name, owner: null },
});

/** An identity belongs to itself. */
export const identityTarget = ({ id, login }: IdentityRow): AuthorizationTarget => ({ id, ref: login, owner: id });
