import type { JsonObject } from '../../contract/json';
import type { Transaction } from '../store/database';
import type { Grant } from '../store/grants';
import { attributesOf } from '../store/identities';
import { covers, isNaming, type Target } from './constraints';

/** What somebody may do, as it stood when it was looked up. */
export interface Rights {
  /** Without a target: to any resource of the kind, which a constrained grant is not the right to. */
  allows(resource: string, action: string, target?: Target): boolean;
  /** There is some grant for it, constrained or not. */
  some(resource: string, action: string): boolean;
}

/** Service tokens pass every check. */
export const EVERYTHING: Rights = { allows: () => true, some: () => true };

/**
 * Kinds whose owner has them to himself: a plain grant is no right to what is another identity's, nor to what is private,
 * one that names it is.
 */
const PERSONAL: ReadonlySet<string> = new Set(['packs', 'keys', 'artifacts']);

/** The one place that decides whether grants are the right to something: every guarded route and every rule's owner asks here. */
export async function rightsFrom(
  transaction: Transaction,
  identity: number,
  grants: readonly Grant[],
): Promise<Rights> {
  const asksOfCaller = grants.some(({ constraints }) => Object.hasOwn(constraints, 'attributes'));
  const attributes: JsonObject = asksOfCaller ? await attributesOf(transaction, identity) : {};
  const subject = { identity, attributes };
  const of = (resource: string, action: string) =>
    grants.filter((grant) => grant.resource === resource && grant.actions.includes(action));
  const isForeign = (resource: string, { owner = null, visibility }: Target) =>
    PERSONAL.has(resource) && (owner === null ? visibility === 'private' : owner !== identity);
  return {
    some: (resource, action) => of(resource, action).length > 0,
    allows: (resource, action, target = {}) =>
      of(resource, action).some(
        (grant) => covers(grant, target, subject) && (!isForeign(resource, target) || isNaming(grant)),
      ),
  };
}
