import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { EffectiveGrant } from '../store/identities/grants';

/**
 * What is known of a resource that is to be authorized. A constraint on an absent field does not
 * hold.
 */
export interface AuthorizationTarget {
  readonly id?: number;
  readonly ref?: string;
  readonly packRef?: string | null;
  /** The identity it belongs to; null: to none. */
  readonly owner?: number | null;
  readonly ownerType?: string;
  /** Every name of its owner: ref, id as text. */
  readonly ownerRefs?: readonly string[];
  readonly visibility?: string;
  /**
   * Whether only a grant that names it covers it; where it is absent, owner and visibility decide.
   */
  readonly isPrivate?: boolean;
  readonly encrypted?: boolean;
  /** Of an execution: the caller's own, below the caller's own, or neither. */
  readonly scope?: 'self' | 'descendants' | 'any';
}

/** The caller. */
interface GrantSubject {
  /** Null: no resource is its own. */
  readonly identity: number | null;
  readonly attributes: JsonObject;
}

type ConstraintCheck = (expected: Json, target: AuthorizationTarget, subject: GrantSubject) => boolean;

const SCOPES: readonly Json[] = ['self', 'descendants', 'any'];

const isListed = (expected: Json, value: string | number | null | undefined): boolean =>
  Array.isArray(expected) && value !== undefined && value !== null && expected.includes(value);

const haveAttributes = (attributes: JsonObject, expected: Json): boolean =>
  isObject(expected) && Object.entries(expected).every(([name, value]) => isDeepStrictEqual(attributes[name], value));

/** Whether an identity with these attributes meets the constraint on them, where there is one. */
export const meetsAttributes = ({ constraints }: EffectiveGrant, attributes: JsonObject): boolean =>
  constraints.attributes === undefined || haveAttributes(attributes, constraints.attributes);

const CONSTRAINT_CHECKS: Readonly<Record<string, ConstraintCheck>> = {
  pack_refs: (expected, { packRef }) => isListed(expected, packRef),
  owner: (expected, { owner }, { identity }) =>
    expected === 'any' ||
    (expected === 'self' && identity !== null && owner === identity) ||
    (expected === 'none' && owner === null),
  owner_types: (expected, { ownerType }) => isListed(expected, ownerType),
  owner_refs: (expected, { ownerRefs = [] }) => ownerRefs.some((ref) => isListed(expected, ref)),
  visibility: (expected, { visibility }) => isListed(expected, visibility),
  execution_scope: (expected, { scope }) =>
    expected === 'any' ||
    (scope !== undefined && SCOPES.includes(expected) && SCOPES.indexOf(scope) <= SCOPES.indexOf(expected)),
  refs: (expected, { ref }) => isListed(expected, ref),
  ids: (expected, { id }) => isListed(expected, id),
  encrypted: (expected, { encrypted }) => encrypted !== undefined && expected === encrypted,
  attributes: (expected, _target, { attributes }) => haveAttributes(attributes, expected),
};

/**
 * Whether every constraint of the grant holds. An unknown one, or one of a wrong form, does not.
 */
export const grantCovers = (
  { constraints }: EffectiveGrant,
  target: AuthorizationTarget,
  subject: GrantSubject,
): boolean =>
  Object.entries(constraints).every(
    ([name, expected]) => Object.hasOwn(CONSTRAINT_CHECKS, name) && CONSTRAINT_CHECKS[name]!(expected, target, subject),
  );

/**
 * Constraints that name an owner, a pack, a resource or a visibility: only these open what is
 * private.
 */
const SPECIFIC_CONSTRAINTS = ['owner', 'owner_types', 'owner_refs', 'pack_refs', 'refs', 'ids', 'visibility'];

export const isSpecificGrant = ({ constraints }: EffectiveGrant): boolean =>
  SPECIFIC_CONSTRAINTS.some((name) => Object.hasOwn(constraints, name));
