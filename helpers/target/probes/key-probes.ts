import type { CreateKey } from '../../../contract/keys';
import { logIn } from '../../client/client';
import { rejectionStatus } from '../../client/rejection-status';
import { randomName } from '../../scenario/names';
import { keyToExpire } from '../../scenario/conditions/key-conditions';
import { until } from '../../scenario/polling';
import { openTargetDatabase } from '../target-database';
import { apiPack } from './pack-probes';
import {
  describeEnd,
  endOf,
  ledgerInput,
  requireThat,
  runAction,
  startExecution,
  type Probe,
  type ProbeContext,
} from './probe-context';
import { dataOf, sha256OfJson } from './process-output';
import { UndecidedError, UnprovenError } from './unproven-error';

const TTL_SECONDS = 1;
/** How long after its expiry a key may still be read, ms. */
const EXPIRY_MARGIN_MS = 1_500;
const OTHER_VERSION = 99;
/** The environment of the action may have to be installed first, ms. */
const INSTALL_MS = 15_000;

/** A process creates a key with the token of its execution. */
export const probeActionKeys: Probe = async (context) => {
  const { ref, execution } = await writeKey(context, 'written');
  const { status } = dataOf(execution);
  requireThat(status === 201, `the process of ${describeEnd(execution)} received status ${JSON.stringify(status)}`);
  requireThat((await context.client.keys.getOrNull(ref)) !== null, `key ${ref} does not exist after its creation`);
};

/** A token without the right to create keys prevents a process from creating one. */
export const probePermissions: Probe = async (context) => {
  const { execution } = await writeKey(context, 'forbidden', { permission_set_refs: ['core.viewer'] });
  const { status } = dataOf(execution);
  requireThat(status === 403, `the process of ${describeEnd(execution)} received status ${JSON.stringify(status)}`);
};

/** Executes `write-key`. The key is removed after the probes. */
async function writeKey(context: ProbeContext, name: string, options: { permission_set_refs?: string[] } = {}) {
  const { client, defer } = context;
  const api = await apiPack(context);
  const { ref, value } = newKey(context, name);
  const owner = { owner_action_ref: `${api}.read-key` };
  const parameters = { ...ledgerInput(context, name), ref, ...owner, value };
  const { id } = await startExecution(context, `${api}.write-key`, parameters, options);
  defer(() => client.keys.removeIfExists(ref));
  return { ref, execution: await endOf(context, id, context.deadline(INSTALL_MS)) };
}

/** An encrypted key is returned with its value to a caller with the right to decrypt it. */
export const probeEncryption: Probe = async (context) => {
  const { ref, value } = await createKey(context, 'encrypted', { encrypted: true });
  const key = await context.client.keys.get(ref);
  requireThat(key.encrypted && key.value === value, `key ${ref} is not encrypted, or is returned without its value`);
};

/** A key is gone after its time to live. */
export const probeTtl: Probe = async (context) => {
  const { ref } = await createKey(context, 'short', { ttl_seconds: TTL_SECONDS });
  await until(keyToExpire(context.client, ref), context.deadline(TTL_SECONDS * 1_000 + EXPIRY_MARGIN_MS));
};

/** An update for another version of the key is rejected. */
export const probeCompareAndSet: Probe = async (context) => {
  const { ref } = await createKey(context, 'versions');
  const status = await rejectionStatus(context.client.keys.update(ref, { value: 1, if_version: OTHER_VERSION }));
  requireThat(status === 409, `an update for another version answered ${status ?? 200} instead of 409`);
};

/** A secret parameter reaches the process on its standard input. */
export const probeSecretInput: Probe = async (context) => {
  const secret_a = randomName(12);
  const execution = await runAction(context, 'hash-secrets', { ...ledgerInput(context, 'secret'), secret_a });
  requireThat(
    dataOf(execution).a === sha256OfJson(secret_a),
    `the process of ${describeEnd(execution)} received another value`,
  );
};

/** A process that prints an encrypted key appears in the result without its value. */
export const probeRedaction: Probe = async (context) => {
  const owner = {
    owner_type: 'action',
    owner_pack_ref: null,
    owner_action_ref: `${context.actions}.echo-params`,
  } as const;
  const value = randomName(12);
  const { name } = await createKey(context, 'masked', { ...owner, encrypted: true, value });
  const execution = await runAction(context, 'echo-params', ledgerInput(context, 'redacted'));
  const printed = JSON.stringify(execution.result);
  requireThat(printed.includes(name), `the process of ${describeEnd(execution)} did not print the name of its key`);
  requireThat(!printed.includes(value), `the result of execution ${execution.id} contains the value of a key`);
};

/** The database has a row of a key. */
export const probeSql: Probe = async (context) => {
  if (context.databaseUrl === null)
    throw new UnprovenError('the harness has no access to the database: set DATABASE_URL');
  const { ref } = await createKey(context, 'row');
  await using database = await openTargetDatabase(context.databaseUrl);
  const tables = await database.tablesContaining([ref]);
  requireThat(tables.length > 0, `no table of the database contains key ${ref}: is it the target's?`);
};

/** The key of a person is absent for another one, who has every right. */
export const probeOwnership: Probe = async ({ client, baseUrl, pack, defer }) => {
  const login = `${pack}-owner@example.test`;
  const password = `Pass-${randomName(16)}`;
  const { id } = await client.identities.create({ login, password });
  defer(() => client.identities.remove(id));
  await client.permissions.assign({ identity_id: id, permission_set_ref: 'core.admin' });
  const { client: owner } = await logIn({ baseUrl }, login, password);
  const key = { ref: `${pack}.probe-owned`, name: 'owned', value: 1 };
  await owner.keys.create({ ...key, owner_type: 'identity', owner_identity: id });
  defer(() => owner.keys.removeIfExists(key.ref));
  requireThat((await owner.keys.getOrNull(key.ref)) !== null, `its owner cannot read key ${key.ref}`);
  requireThat((await client.keys.getOrNull(key.ref)) === null, `key ${key.ref} of a person is shown to another one`);
};

/** A ciphertext that was moved to another row is not decrypted there. */
export const probeRowBinding: Probe = async (context) => {
  if (context.databaseUrl === null) throw new UndecidedError('the harness has no access to the database');
  const keys = await Promise.all(['one', 'two'].map((name) => createKey(context, name, { encrypted: true })));
  const [first, second] = [keys[0]!, keys[1]!];
  await using database = await openTargetDatabase(context.databaseUrl);
  await database.swapColumn('key', 'value', first.id, second.id);
  const status = await rejectionStatus(context.client.keys.get(first.ref));
  requireThat(status === 500, `a key with the ciphertext of another row answered ${status ?? 200} instead of 500`);
};

const newKey = ({ pack }: ProbeContext, name: string): CreateKey & { value: string } => {
  const ref = `${pack}.probe-${name}`;
  const owner = { owner_type: 'pack', owner_pack_ref: pack } as const;
  return { ref, name: ref, ...owner, value: randomName(12) };
};

interface CreatedKey extends Pick<CreateKey, 'ref' | 'name' | 'value'> {
  readonly id: number;
}

/** Creates a key that is removed after the probes. */
async function createKey(context: ProbeContext, name: string, more: Partial<CreateKey> = {}): Promise<CreatedKey> {
  const { client, defer } = context;
  const body = { ...newKey(context, name), ...more };
  const key = await client.keys.create(body);
  defer(() => client.keys.removeIfExists(key.ref));
  return { ...body, id: key.id };
}
