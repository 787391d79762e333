import type { JsonObject } from '../../../../contract/json';
import type { Client } from '../../../../helpers/client/client';
import { randomName } from '../../../../helpers/scenario/names';
import { callApi } from '../api-call';
import { createChangeableSet } from './changeable-set';
import { loggedInByToken } from './granted-callers';

/**
 * Constraints, and whether a grant with them opens a call that names no owner, pack, kind or
 * visibility. The caller has the attribute `team: ops`.
 */
export const WITHOUT_OBJECT: readonly (readonly [JsonObject, boolean])[] = [
  [{}, true],
  [{ owner: 'any' }, true],
  [{ attributes: { team: 'ops' } }, true],
  [{ attributes: { team: 'dev' } }, false],
  [{ owner: 'none' }, false],
  [{ owner: 'self' }, false],
  [{ owner_types: ['system', 'identity'] }, false],
  [{ pack_refs: ['core'] }, false],
  [{ visibility: ['public', 'private'] }, false],
  [{ encrypted: false }, false],
  [{ encrypted: true }, false],
  [{ execution_scope: 'self' }, false],
  [{ execution_scope: 'descendants' }, false],
  [{ refs: ['core'] }, false],
];

/** Calls with a grant of these constraints: the statuses of what it creates and reads. */
interface ConstrainedCaller {
  callWith(constraints: JsonObject): Promise<{ readonly created: number; readonly read: number }>;
}

/** A user of this admin's tenant that creates identities and reads the audit log. */
export async function createConstrainedCaller(
  client: Client,
  url: string,
  directory: string,
): Promise<ConstrainedCaller> {
  const set = await createChangeableSet(client, directory);
  const { id, token } = await loggedInByToken(client, url, set.ref);
  await client.identities.update(id, { attributes: { team: 'ops' } });
  return {
    callWith: async (constraints) => {
      await set.grant([
        { resource: 'identities', actions: ['create'], constraints },
        { resource: 'audit_log', actions: ['read'], constraints },
      ]);
      const created = await callApi(token, 'POST', '/identities', { login: `${randomName(12)}@example.test` });
      const read = await callApi(token, 'GET', '/audit-events');
      return { created: created.status, read: read.status };
    },
  };
}
