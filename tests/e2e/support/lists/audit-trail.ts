import { logIn } from '../../../../helpers/client/client';
import { ApiError } from '../../../../helpers/errors';
import type { Row } from './row';
import type { TwinTenant } from './tenant-twins';

/** Type, status and ref of a row of the audit log. */
type Entry = readonly [type: string, status: number, ref: string | null];

/** What the creation of a twin tenant records. */
const SET_UP: readonly Entry[] = [
  ['auth.login', 200, null],
  ['clock.update', 200, null],
];

/** After it, the clock of the tenant stands 1 s later. */
const MOVE: Entry = ['clock.advance', 200, null];

const PASSWORD = 'Reader-pass-1';

/** The status of the response. */
async function statusOf(sent: Promise<unknown>): Promise<number> {
  try {
    await sent;
    return 200;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}

/**
 * Sends changes, reads of secrets, and requests that fail or are denied, one after the other.
 * Returns what the audit log must have of them, oldest first.
 */
export async function leaveAuditTrail({ client, ctx, slug }: TwinTenant): Promise<readonly Entry[]> {
  const { keys, identities, packs, triggers, actions, tenantWorkers, clock } = client;
  const login = `reader-${slug}`;
  const key = { ref: 'list-key', name: 'list', value: 'v', owner_type: 'system', encrypted: true } as const;
  const pack = { ref: 'list', label: 'list', version: '1.0.0' };
  await keys.create(key);
  await keys.get(key.ref);
  await keys.update(key.ref, { value: 'w' });
  const repeated = await statusOf(keys.create(key));
  await packs.create(pack);
  const again = await statusOf(packs.create(pack));
  const { id } = await identities.create({ login, password: PASSWORD });
  await identities.addRole(id, 'reads');
  await clock.advance({ by: 1 });
  await triggers.create({ ref: 'list.hook', pack_ref: 'list', label: 'hook' });
  await actions.create({
    ref: 'list.gone',
    pack_ref: 'list',
    label: 'gone',
    entrypoint: 'true',
    runtime_ref: 'core.shell',
  });
  const { id: worker } = await tenantWorkers.createExternal();
  await tenantWorkers.remove(worker);
  const wrong = await statusOf(logIn({ baseUrl: ctx.facts.url }, login, `not ${PASSWORD}`));
  const { client: reader } = await logIn({ baseUrl: ctx.facts.url }, login, PASSWORD);
  const denied = await statusOf(reader.keys.create({ ...key, ref: 'list-keys' }));
  const unread = await statusOf(reader.auditEvents.list());
  const hidden = await statusOf(reader.executions.execute({ action_ref: 'core.noop' }));
  await keys.remove(key.ref);
  expect({ repeated, again, wrong, denied, unread, hidden }).toEqual({
    repeated: 409,
    again: 409,
    wrong: 401,
    denied: 403,
    unread: 403,
    hidden: 403,
  });
  return [
    ...SET_UP,
    ['keys.create', 201, key.ref],
    ['keys.read', 200, key.ref],
    ['keys.update', 200, key.ref],
    ['keys.create', 409, key.ref],
    ['packs.create', 201, 'list'],
    ['packs.create', 409, 'list'],
    ['identities.create', 201, login],
    ['identities.roles', 201, null],
    MOVE,
    ['triggers.create', 201, 'list.hook'],
    ['actions.create', 201, 'list.gone'],
    ['workers.create', 201, null],
    ['workers.delete', 200, null],
    ['auth.login', 401, null],
    ['auth.login', 200, null],
    ['keys.create', 403, 'list-keys'],
    ['executions.execute', 403, 'core.noop'],
    ['keys.delete', 200, key.ref],
  ];
}

/**
 * The rows of the audit log, each as GET by id has it, oldest first. Their instants are those at
 * which the clock of the tenant stood.
 */
export async function readAuditTrail({ client }: TwinTenant, trail: readonly Entry[]): Promise<Row[]> {
  const { auditEvents, clock } = client;
  const ids = (await auditEvents.list()).map(({ id }) => id).sort((a, b) => a - b);
  const rows = await Promise.all(ids.map((id) => auditEvents.get(id)));
  const after = rows.slice(trail.indexOf(MOVE));
  const { now } = await clock.get();
  expect(after.map(({ created }) => created)).toEqual(after.map(() => now));
  expect(rows.map(({ event_type, http_status, resource_ref }) => [event_type, http_status, resource_ref])).toEqual(
    trail,
  );
  return rows;
}
