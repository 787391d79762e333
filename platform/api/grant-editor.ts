import { isObject, type Json, type JsonObject } from '../../contract/json';
import { ACTIONS_OF, GrantConstraints, RESOURCES } from '../../contract/permissions';
import { Refusal } from '../refusal';

const refused = (path: string, why: string) => new Refusal('BAD_REQUEST', `${path} ${why}`, { path });

/** Grants as the editor takes them: resources and actions that there are, constraints that it knows. Throws BAD_REQUEST. */
export function readGrants(grants: readonly JsonObject[]): Json[] {
  return grants.map((grant, index) => readGrant(grant, `grants/${index}`));
}

function readGrant(grant: JsonObject, path: string): JsonObject {
  const resource = RESOURCES.find((known) => known === grant.resource);
  if (!resource) throw refused(`${path}/resource`, `must be one of ${RESOURCES.join(', ')}`);
  const allowed: readonly string[] = ACTIONS_OF[resource];
  const { actions, constraints = null } = grant;
  if (
    !Array.isArray(actions) ||
    actions.length === 0 ||
    !actions.every((action) => typeof action === 'string' && allowed.includes(action))
  ) {
    throw refused(`${path}/actions`, `must list actions of ${resource}: ${allowed.join(', ')}`);
  }
  if (constraints === null) return { resource, actions };
  return { resource, actions, constraints: readConstraints(constraints, `${path}/constraints`) };
}

const KNOWN = Object.keys(GrantConstraints.properties);

function readConstraints(constraints: Json, path: string): JsonObject {
  if (!isObject(constraints)) throw refused(path, 'must be an object');
  const odd = Object.keys(constraints).find((name) => !KNOWN.includes(name));
  if (odd !== undefined) throw refused(`${path}/${odd}`, `is none of ${KNOWN.join(', ')}`);
  if (constraints.pack_refs !== undefined && constraints.refs !== undefined) {
    throw refused(path, 'takes pack_refs or refs, not both');
  }
  return constraints;
}
