import { CreateSensorToken, SensorToken } from '../../contract/auth';
import { one } from '../../contract/envelopes';
import { hostNow } from '../clock';
import type { Transaction } from '../store/database';
import { ensureSensorIdentity } from '../store/identities';
import type { Api, ApiContext, Caller } from './context';
import { requireGrant } from './grants';
import { componentTarget } from './targets';
import { mintSensorToken, SERVICE_SECONDS } from './tokens';

const schema = { tags: ['auth'], body: CreateSensorToken, response: { 200: one(SensorToken) } };

/** Tokens for sensors: who may change what brings events may speak for it. Services inside have a door of their own. */
export function sensorTokensRoutes(api: Api, context: ApiContext): void {
  const { db, tokenSecret } = context;
  const mint = (caller: Caller, body: CreateSensorToken) =>
    db.inTenant(caller.tenant, async (transaction) => ({ data: await minted(transaction, tokenSecret, caller, body) }));

  api.post('/auth/sensor-token', { config: { grant: 'triggers:update' }, schema }, ({ caller, body }) =>
    mint(caller, body),
  );

  api.post(
    '/auth/internal/sensor-token',
    { config: { grant: 'triggers:update', tokens: ['worker'] }, schema },
    ({ caller, body }) => mint(caller, body),
  );
}

/** RFC 3339 with an offset in place of `Z`, as in everything that speaks of a sensor. */
const offsetted = (ms: number): string => new Date(ms).toISOString().replace('Z', '+00:00');

async function minted(
  transaction: Transaction,
  secret: string,
  caller: Caller,
  {
    sensor_ref: sensorRef,
    trigger_types: triggerTypes,
    ttl_seconds: seconds = SERVICE_SECONDS.default,
  }: CreateSensorToken,
): Promise<SensorToken> {
  await requireGrant(transaction, caller, 'triggers', 'update', componentTarget({ ref: sensorRef }));
  const { tenant } = caller;
  const identity = await ensureSensorIdentity(transaction, tenant, sensorRef);
  return {
    identity_id: identity,
    sensor_ref: sensorRef,
    token: await mintSensorToken(secret, { identity, tenant, sensorRef, triggerTypes, seconds }),
    expires_at: offsetted(hostNow() + seconds * 1_000),
    trigger_types: triggerTypes,
  };
}
