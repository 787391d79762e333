import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { ACTIONS_BY_RESOURCE, GrantConstraints, RESOURCES } from '../../../contract/permissions';
import { DomainError } from '../../base/domain-error';

const invalidGrant = (path: string, problem: string) => new DomainError('BAD_REQUEST', `${path} ${problem}`, { path });

/** Grants of known resources, actions and constraints. BAD_REQUEST for any other. */
export function parseGrants(grants: readonly JsonObject[]): Json[] {
  return grants.map((grant, index) => parseGrant(grant, `grants/${index}`));
}

function parseGrant(grant: JsonObject, path: string): JsonObject {
  const resource = RESOURCES.find((known) => known === grant.resource);
  if (!resource) throw invalidGrant(`${path}/resource`, `must be one of ${RESOURCES.join(', ')}`);
  const allowed: readonly string[] = ACTIONS_BY_RESOURCE[resource];
  const { actions, constraints = null } = grant;
  if (
    !Array.isArray(actions) ||
    actions.length === 0 ||
    !actions.every((action) => typeof action === 'string' && allowed.includes(action))
  ) {
    throw invalidGrant(`${path}/actions`, `must list actions of ${resource}: ${allowed.join(', ')}`);
  }
  if (constraints === null) return { resource, actions };
  return { resource, actions, constraints: parseConstraints(constraints, `${path}/constraints`) };
}

const CONSTRAINT_NAMES = Object.keys(GrantConstraints.properties);

function parseConstraints(constraints: Json, path: string): JsonObject {
  if (!isObject(constraints)) throw invalidGrant(path, 'must be an object');
  const unknownName = Object.keys(constraints).find((name) => !CONSTRAINT_NAMES.includes(name));
  if (unknownName !== undefined)
    throw invalidGrant(`${path}/${unknownName}`, `is none of ${CONSTRAINT_NAMES.join(', ')}`);
  if (constraints.pack_refs !== undefined && constraints.refs !== undefined) {
    throw invalidGrant(path, 'takes pack_refs or refs, not both');
  }
  return constraints;
}
