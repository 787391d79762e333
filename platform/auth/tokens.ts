import { SignJWT, decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { TOKEN_TYPES, type TokenType } from '../../contract/auth';
import type { JsonObject } from '../../contract/json';
import { livenessNow } from '../base/clock';
import { platformNow } from '../base/tenant-clocks';
import { AuthenticationError } from './auth-errors';

export const ACCESS_TOKEN_SECONDS = 3_600;
export const REFRESH_TOKEN_SECONDS = 604_800;
/** The end of the year 9999. Later expiries are invalid. */
const MAX_EXPIRY_SECONDS = 253_402_300_799;

export interface NewToken {
  readonly identity: number;
  readonly login: string;
  readonly tenant: number;
  readonly tokenType: TokenType;
  /** Lifetime from now on. */
  readonly seconds: number;
  readonly scope?: string;
  readonly metadata?: JsonObject;
  readonly session?: Session;
}

/** The log-in that a token came from. */
export interface Session {
  /** A UUID, the same in all tokens of one log-in. */
  readonly id: string;
  /** `identity.session_epoch` at that time. */
  readonly epoch: number;
}

/** The claims of a token whose signature and times are valid. */
export interface TokenClaims {
  readonly identity: number;
  readonly login: string | null;
  /** Null in a token without a tenant: the identity's own. */
  readonly tenant: number | null;
  readonly tokenType: TokenType;
  /** Null in a token that no log-in issued. */
  readonly session: Session | null;
  /** Epoch ms. */
  readonly expiresAt: number;
  /** Epoch ms; null in a token that does not say it. */
  readonly issuedAt: number | null;
  readonly execution: number | null;
  /** Of an execution token: which attempt has it. Null: any, as it does not name one. */
  readonly attempt: number | null;
  /** Of an execution token: the action that runs. */
  readonly actionRef: string | null;
  readonly permissionSetRefs: readonly string[];
  /** Of an execution token: its identity has saved all that leads to it. */
  readonly isAuthoredByExecutor: boolean;
  readonly standardActionRefs: readonly string[];
  readonly standardPackRefs: readonly string[];
  /** Of a sensor token: the triggers whose events it may report. */
  readonly triggerTypes: readonly string[];
  /** Of a sensor token: the pack of its sensor, where that was not registered. */
  readonly sensorPackRef: string | null;
  /** Of the token of a sensor that a worker runs: the lease that it runs under. */
  readonly sensorLease: SensorLease | null;
  /** Of a token that was issued for an integration token: that token. */
  readonly integrationToken: number | null;
  /** Of the token of a standalone worker; null: it names none. */
  readonly worker: NamedWorker | null;
  /** Of a refresh token with rotation. */
  readonly family: { readonly family: number; readonly generation: number } | null;
}

/** The lease of a sensor, for the process that was started under it. */
interface SensorLease {
  readonly sensor: number;
  readonly fencingToken: number;
}

/** A standalone worker, and the epoch of its tokens. */
export interface NamedWorker {
  readonly name: string;
  readonly epoch: number;
  /** Of a renewed token: when the first one before it was issued, epoch ms. */
  readonly firstIssuedAt?: number;
}

/** Lifetime of a service token: by default, and its bounds. */
export const SERVICE_TOKEN_SECONDS = { default: 86_400, least: 3_600, most: 259_200 } as const;

const secretKey = (secret: string): Uint8Array => new TextEncoder().encode(secret);

/** `now`: the time that its lifetime counts from, epoch ms. */
export function signToken(secret: string, token: NewToken, now = platformNow(token.tenant)): Promise<string> {
  const issuedAtSeconds = Math.floor(now / 1_000);
  const claims: JWTPayload = { login: token.login, tenant: token.tenant, token_type: token.tokenType };
  if (token.scope !== undefined) claims.scope = token.scope;
  if (token.metadata !== undefined) claims.metadata = token.metadata;
  if (token.session !== undefined) Object.assign(claims, { sid: token.session.id, epoch: token.session.epoch });
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(String(token.identity))
    .setIssuedAt(issuedAtSeconds)
    .setExpirationTime(issuedAtSeconds + token.seconds)
    .sign(secretKey(secret));
}

/** The token with which a sensor process calls the API. */
interface SensorTokenRequest {
  /** `ensureSensorIdentity` of store/identities.ts. */
  readonly identity: number;
  readonly tenant: number;
  readonly sensorRef: string;
  readonly triggerTypes: readonly string[];
  /** The pack whose keys it opens, where no sensor of that ref is registered. */
  readonly packRef?: string | null;
  /** With which the token ends; null: no worker runs the sensor. */
  readonly lease?: SensorLease | null;
  /** Lifetime from now on; a day by default. */
  readonly seconds?: number;
}

/**
 * It may report events of its triggers and read the keys of its sensor and of the pack, and
 * nothing else.
 */
export const signSensorToken = (
  secret: string,
  {
    identity,
    tenant,
    sensorRef,
    triggerTypes,
    packRef = null,
    lease = null,
    seconds = SERVICE_TOKEN_SECONDS.default,
  }: SensorTokenRequest,
): Promise<string> =>
  signToken(secret, {
    identity,
    tenant,
    seconds,
    login: sensorRef,
    tokenType: 'sensor',
    scope: 'sensor',
    metadata: {
      trigger_types: [...triggerTypes],
      ...(packRef !== null && { pack_ref: packRef }),
      ...(lease !== null && { sensor_id: lease.sensor, fencing_token: lease.fencingToken }),
    },
  });

/**
 * It may connect as this worker, and do nothing else. `identity`: who issues it. Its lifetime is
 * liveness time.
 */
export const signWorkerToken = (
  secret: string,
  { worker, ...rest }: Pick<NewToken, 'identity' | 'tenant' | 'seconds'> & { readonly worker: NamedWorker },
): Promise<string> =>
  signToken(
    secret,
    {
      ...rest,
      login: `worker:${worker.name}`,
      tokenType: 'worker',
      scope: 'worker',
      metadata: {
        worker: worker.name,
        token_epoch: worker.epoch,
        ...(worker.firstIssuedAt !== undefined && { first_issued_at: worker.firstIssuedAt }),
      },
    },
    livenessNow(),
  );

/**
 * Checks the signature (HS256 and the platform's key, whatever the header names) and the times,
 * without leeway; `now`: epoch ms. Throws AuthenticationError.
 */
export async function readToken(secret: string, token: string, now?: number): Promise<TokenClaims> {
  try {
    const { payload } = await jwtVerify(token, secretKey(secret), {
      algorithms: ['HS256'],
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(now ?? platformNow(tenantOf(token))),
    });
    return parseClaims(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new AuthenticationError('Authentication token expired');
    if (error instanceof errors.JOSEError) throw invalidToken();
    throw error;
  }
}

/**
 * Whose clock a token is read by, before its signature is checked: with a false tenant, no
 * signature fits. Throws JOSEError.
 */
function tenantOf(token: string): number | null {
  const { tenant } = decodeJwt(token);
  return Number.isSafeInteger(tenant) ? (tenant as number) : null;
}

/** The signature is valid and the subject is no identity. */
export class InvalidSubjectError extends AuthenticationError {
  constructor() {
    super('Invalid authentication token');
  }
}

export const invalidToken = () => new AuthenticationError('Invalid authentication token');

function parseClaims(payload: JWTPayload): TokenClaims {
  const { sub, exp, iat, login, tenant = null, token_type = 'access' } = payload;
  const tokenType = TOKEN_TYPES.find((type) => type === token_type);
  if (!tokenType || !exp || exp > MAX_EXPIRY_SECONDS) throw invalidToken();
  if (typeof sub !== 'string' || !/^\d{1,15}$/.test(sub)) throw new InvalidSubjectError();
  if (tenant !== null && !Number.isSafeInteger(tenant)) throw invalidToken();
  return {
    identity: Number(sub),
    login: typeof login === 'string' ? login : null,
    tenant: tenant as number | null,
    tokenType,
    session: parseSession(payload.sid, payload.epoch),
    expiresAt: exp * 1_000,
    issuedAt: typeof iat === 'number' ? iat * 1_000 : null,
    ...parseMetadata(payload.metadata),
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function parseSession(id: unknown, epoch: unknown): Session | null {
  if (id === undefined && epoch === undefined) return null;
  if (typeof id !== 'string' || !UUID.test(id) || !Number.isSafeInteger(epoch)) throw invalidToken();
  return { id, epoch: epoch as number };
}

type Metadata = Omit<TokenClaims, 'identity' | 'login' | 'tenant' | 'tokenType' | 'session' | 'expiresAt' | 'issuedAt'>;

function parseMetadata(metadata: unknown): Metadata {
  const claims = (metadata ?? {}) as Record<string, unknown>;
  return {
    execution: integerOrNull(claims.execution_id),
    attempt: integerOrNull(claims.attempt),
    actionRef: typeof claims.action_ref === 'string' ? claims.action_ref : null,
    permissionSetRefs: stringsIn(claims.permission_set_refs),
    isAuthoredByExecutor: claims.authored_by_executor === true,
    standardActionRefs: stringsIn(claims.standard_access_action_refs),
    standardPackRefs: stringsIn(claims.standard_access_pack_refs),
    triggerTypes: stringsIn(claims.trigger_types),
    sensorPackRef: typeof claims.pack_ref === 'string' ? claims.pack_ref : null,
    sensorLease: parseSensorLease(integerOrNull(claims.sensor_id), integerOrNull(claims.fencing_token)),
    integrationToken: integerOrNull(claims.integration_token_id),
    worker: parseWorker(claims),
    family: parseFamily(integerOrNull(claims.family_id), integerOrNull(claims.generation)),
  };
}

const integerOrNull = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null);

const parseFamily = (family: number | null, generation: number | null): TokenClaims['family'] =>
  family === null || generation === null ? null : { family, generation };

const parseSensorLease = (sensor: number | null, fencingToken: number | null): SensorLease | null =>
  sensor === null || fencingToken === null ? null : { sensor, fencingToken };

function parseWorker(claims: Record<string, unknown>): NamedWorker | null {
  const { worker: name } = claims;
  const [epoch, firstIssuedAt] = [integerOrNull(claims.token_epoch), integerOrNull(claims.first_issued_at)];
  if (typeof name !== 'string' || epoch === null) return null;
  return { name, epoch, ...(firstIssuedAt !== null && { firstIssuedAt }) };
}

const stringsIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((member): member is string => typeof member === 'string') : [];
