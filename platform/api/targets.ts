import type { Target } from '../access/constraints';
import type { Transaction } from '../store/database';
import { isDescendant, isOfOwn } from '../store/execution-lineage';
import type { PackRow } from '../store/packs';
import type { Caller } from './context';

/** What constraints of grants ask about each kind of thing. */

const packOf = (ref: string): string => ref.split('.')[0]!;

type PackNamed = Pick<PackRow, 'ref' | 'installed_by'> & { readonly id?: number };

/** A pack names itself; it belongs to who made it. */
export const packTarget = ({ id, ref, installed_by: owner }: PackNamed): Target => ({
  ...(id !== undefined && { id }),
  ...{ ref, packRef: ref, owner },
});

interface Component {
  readonly id?: number;
  readonly ref: string;
  readonly pack_ref?: string | null;
  readonly owner_identity?: number | null;
}

/** An action, workflow, trigger, sensor, rule, runtime or permission set: of a pack, and nobody's but a rule, which has an owner. */
export const componentTarget = ({ id, ref, pack_ref, owner_identity: owner = null }: Component): Target => ({
  ...(id !== undefined && { id }),
  ...{ ref, packRef: pack_ref === undefined ? packOf(ref) : pack_ref, owner },
});

/** What came of something that has a ref: an event of its trigger, an enforcement of its rule. */
export const happeningTarget = (id: number, ref: string): Target => ({ id, ref, packRef: packOf(ref), owner: null });

interface Execution {
  readonly id: number;
  readonly action_ref: string;
  readonly parent: number | null;
  readonly executor: number | null;
}

/** An execution goes by its action's ref and belongs to who had it made. */
export async function executionTarget(transaction: Transaction, caller: Caller, row: Execution): Promise<Target> {
  const { id, action_ref: ref, executor: owner } = row;
  return { id, ref, packRef: packOf(ref), owner, scope: await scopeOf(transaction, caller, row) };
}

/** One's own is what one had made; of a running action, itself. Below that is all that it brought about, however deep. */
async function scopeOf(
  transaction: Transaction,
  { execution: own, identity }: Caller,
  { id, parent, executor }: Execution,
): Promise<'self' | 'descendants' | 'any'> {
  const isSelf = own === null ? executor === identity : id === own;
  if (isSelf) return 'self';
  if (parent === null) return 'any';
  const isBelow = own === null ? isOfOwn(transaction, id, identity) : isDescendant(transaction, id, own);
  return (await isBelow) ? 'descendants' : 'any';
}

interface Inquiry {
  readonly id: number;
  readonly assigned_to: number | null;
}

/** A question is of the execution that asks, and belongs to whom it is assigned. */
export async function inquiryTarget(
  transaction: Transaction,
  caller: Caller,
  { id, assigned_to: owner }: Inquiry,
  execution: Execution,
): Promise<Target> {
  return { ...(await executionTarget(transaction, caller, execution)), id, owner };
}

interface Person {
  readonly id: number;
  readonly login: string;
}

/** A worker goes by its name. */
export const workerTarget = ({ id, name }: { readonly id: number; readonly name: string }): Target => ({
  ...{ id, ref: name, owner: null },
});

/** An identity is its own. */
export const identityTarget = ({ id, login }: Person): Target => ({ id, ref: login, owner: id });
