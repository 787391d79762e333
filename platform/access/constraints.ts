import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { Grant } from '../store/grants';

/** What is known of a thing that somebody wants to act on. What is not given is not known, and no constraint on it holds. */
export interface Target {
  readonly id?: number;
  readonly ref?: string;
  readonly packRef?: string | null;
  /** The identity it belongs to; null: nobody. */
  readonly owner?: number | null;
  readonly ownerType?: string;
  /** Every name its owner goes by: ref, id as text. */
  readonly ownerRefs?: readonly string[];
  readonly visibility?: string;
  readonly encrypted?: boolean;
  /** Of an execution: the caller's own, below the caller's own, or neither. */
  readonly scope?: 'self' | 'descendants' | 'any';
}

/** Who acts. */
export interface Subject {
  readonly identity: number;
  readonly attributes: JsonObject;
}

type Holds = (wanted: Json, target: Target, subject: Subject) => boolean;

const SCOPES: readonly Json[] = ['self', 'descendants', 'any'];

const listed = (wanted: Json, value: string | number | null | undefined): boolean =>
  Array.isArray(wanted) && value !== undefined && value !== null && wanted.includes(value);

const HOLDS: Readonly<Record<string, Holds>> = {
  pack_refs: (wanted, { packRef }) => listed(wanted, packRef),
  owner: (wanted, { owner }, { identity }) =>
    wanted === 'any' || (wanted === 'self' && owner === identity) || (wanted === 'none' && owner === null),
  owner_types: (wanted, { ownerType }) => listed(wanted, ownerType),
  owner_refs: (wanted, { ownerRefs = [] }) => ownerRefs.some((ref) => listed(wanted, ref)),
  visibility: (wanted, { visibility }) => listed(wanted, visibility),
  execution_scope: (wanted, { scope }) =>
    wanted === 'any' ||
    (scope !== undefined && SCOPES.includes(wanted) && SCOPES.indexOf(scope) <= SCOPES.indexOf(wanted)),
  refs: (wanted, { ref }) => listed(wanted, ref),
  ids: (wanted, { id }) => listed(wanted, id),
  encrypted: (wanted, { encrypted }) => encrypted !== undefined && wanted === encrypted,
  attributes: (wanted, _target, { attributes }) =>
    isObject(wanted) && Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(attributes[name], value)),
};

/** Every constraint of the grant holds. One that is not known, or is of another form than its own, does not. */
export const covers = ({ constraints }: Grant, target: Target, subject: Subject): boolean =>
  Object.entries(constraints).every(
    ([name, wanted]) => Object.hasOwn(HOLDS, name) && HOLDS[name]!(wanted, target, subject),
  );

/** Constraints that single out what belongs to somebody, or is private: only these open what is. */
const NAMING = ['owner', 'owner_types', 'owner_refs', 'pack_refs', 'refs', 'ids', 'visibility'];

export const isNaming = ({ constraints }: Grant): boolean => NAMING.some((name) => Object.hasOwn(constraints, name));
