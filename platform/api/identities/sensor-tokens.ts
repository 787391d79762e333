import { CreateSensorToken, SensorToken } from '../../../contract/auth';
import { dataEnvelope } from '../../../contract/envelopes';
import { hostNow } from '../../clock';
import { withUtcOffset, type Transaction } from '../../store/database/connection';
import { ensureSensorIdentity } from '../../store/identities/identities';
import type { Api, ApiContext } from '../http/context';
import { DEFAULT_TOKEN_TYPES } from '../../auth/authenticate';
import { route } from '../http/route';
import { componentTarget } from '../../auth/authorization-targets';
import { signSensorToken, SERVICE_TOKEN_SECONDS } from '../../auth/tokens';

const schema = { tags: ['auth'], body: CreateSensorToken, response: { 200: dataEnvelope(SensorToken) } };

/**
 * Tokens for sensors: who may change triggers may act as their sensors. Services inside the
 * deployment use a path of their own.
 */
export function sensorTokensRoutes(api: Api, { tokenSecret }: ApiContext): void {
  const routes = [
    { path: '/auth/sensor-token', tokens: DEFAULT_TOKEN_TYPES },
    { path: '/auth/internal/sensor-token', tokens: ['worker'] },
  ] as const;
  for (const { path, tokens } of routes) {
    route(api, {
      method: 'POST',
      path,
      grant: 'triggers:update',
      tokens,
      schema,
      target: ({ body }) => componentTarget({ ref: body.sensor_ref }),
      handle: async ({ transaction, caller, body }) => ({
        data: await issueSensorToken(transaction, tokenSecret, caller.tenant, body),
      }),
    });
  }
}

async function issueSensorToken(
  transaction: Transaction,
  secret: string,
  tenant: number,
  {
    sensor_ref: sensorRef,
    trigger_types: triggerTypes,
    ttl_seconds: seconds = SERVICE_TOKEN_SECONDS.default,
  }: CreateSensorToken,
): Promise<SensorToken> {
  const identity = await ensureSensorIdentity(transaction, tenant, sensorRef);
  return {
    identity_id: identity,
    sensor_ref: sensorRef,
    token: await signSensorToken(secret, { identity, tenant, sensorRef, triggerTypes, seconds }),
    expires_at: withUtcOffset(new Date(hostNow() + seconds * 1_000).toISOString()),
    trigger_types: triggerTypes,
  };
}
