import { CreateSensorToken, SensorToken } from '../../../contract/auth';
import { dataEnvelope } from '../../../contract/envelopes';
import { platformNow } from '../../base/tenant-clocks';
import { withUtcOffset, type Transaction } from '../../store/database/connection';
import { ensureSensorIdentity } from '../../store/identities/identities';
import type { Api, ApiContext } from '../http/context';
import { DEFAULT_TOKEN_TYPES } from '../../auth/authenticate';
import { route } from '../http/route';
import { componentTarget } from '../../auth/authorization-targets';
import { requirePackOfRef } from '../../auth/pack-write';
import type { Rights } from '../../auth/rights';
import { DomainError } from '../../base/domain-error';
import { findTrigger } from '../../store/events/triggers';
import { findPackRefOfSensor } from '../../store/packs/component-packs';
import { findPack } from '../../store/packs/packs';
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
      load: ({ transaction, body }) => findSensorPack(transaction, body.sensor_ref),
      target: ({ body, loaded }) => componentTarget({ ref: body.sensor_ref, pack_ref: loaded }),
      check: async ({ transaction, rights, body }) =>
        requireTriggers(transaction, await rights(), [...body.trigger_types]),
      handle: async ({ transaction, caller, body, loaded }) => ({
        data: await issueSensorToken(transaction, tokenSecret, { tenant: caller.tenant, packRef: loaded }, body),
      }),
    });
  }
}

/** The pack of a sensor; of one that is not registered, the pack that its ref names. */
async function findSensorPack(transaction: Transaction, ref: string): Promise<string | null> {
  const registered = await findPackRefOfSensor(transaction, ref);
  return registered === undefined ? ((await findPack(transaction, ref.split('.')[0]!))?.ref ?? null) : registered;
}

/** FORBIDDEN for the events of a trigger that the caller may not change. */
async function requireTriggers(transaction: Transaction, rights: Rights, refs: readonly string[]): Promise<void> {
  for (const ref of refs) {
    const trigger = await findTrigger(transaction, ref);
    if (trigger === null) await requirePackOfRef(transaction, rights, 'triggers:update', { ref });
    else if (!rights.allows('triggers', 'update', componentTarget(trigger)))
      throw new DomainError('FORBIDDEN', `Insufficient permissions: triggers:update of '${ref}'`);
  }
}

async function issueSensorToken(
  transaction: Transaction,
  secret: string,
  { tenant, packRef }: { readonly tenant: number; readonly packRef: string | null },
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
    token: await signSensorToken(secret, { identity, tenant, sensorRef, triggerTypes, packRef, seconds }),
    expires_at: withUtcOffset(new Date(platformNow(tenant) + seconds * 1_000).toISOString()),
    trigger_types: triggerTypes,
  };
}
