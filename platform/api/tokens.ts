import { SignJWT, errors, jwtVerify, type JWTPayload } from 'jose';
import { TOKEN_TYPES, type TokenType } from '../../contract/auth';
import type { JsonObject } from '../../contract/json';
import { hostNow } from '../clock';
import { TokenRefusal } from './errors';

export const ACCESS_SECONDS = 3_600;
export const REFRESH_SECONDS = 604_800;
/** The end of year 9999: a moment beyond it is no moment. */
const LATEST = 253_402_300_799;

export interface NewToken {
  readonly identity: number;
  readonly login: string;
  readonly tenant: number;
  readonly tokenType: TokenType;
  /** Life from now on. */
  readonly seconds: number;
  readonly scope?: string;
  readonly metadata?: JsonObject;
}

/** What a token says once its signature and times hold. */
export interface Claims {
  readonly identity: number;
  readonly login: string | null;
  /** Null where it was minted without one: the identity's own. */
  readonly tenant: number | null;
  readonly tokenType: TokenType;
  /** Epoch ms. */
  readonly expiresAt: number;
  readonly execution: number | null;
  readonly permissionSetRefs: readonly string[];
  readonly standardActionRefs: readonly string[];
  readonly standardPackRefs: readonly string[];
  /** Of a sensor token: the triggers whose events it may bring. */
  readonly triggerTypes: readonly string[];
  /** Of what an integration token was traded for: that token. */
  readonly integrationToken: number | null;
  /** Of a refresh token where they are rotated. */
  readonly family: { readonly family: number; readonly generation: number } | null;
}

/** Life of a service's token unless it asks for another: within these bounds. */
export const SERVICE_SECONDS = { default: 86_400, least: 3_600, most: 259_200 } as const;

const keyOf = (secret: string): Uint8Array => new TextEncoder().encode(secret);

export function signToken(secret: string, token: NewToken): Promise<string> {
  const issued = Math.floor(hostNow() / 1_000);
  const claims: JWTPayload = { login: token.login, tenant: token.tenant, token_type: token.tokenType };
  if (token.scope !== undefined) claims.scope = token.scope;
  if (token.metadata !== undefined) claims.metadata = token.metadata;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(String(token.identity))
    .setIssuedAt(issued)
    .setExpirationTime(issued + token.seconds)
    .sign(keyOf(secret));
}

/** What a sensor process speaks to the API with. */
export interface SensorToken {
  /** `ensureSensorIdentity` of store/identities.ts. */
  readonly identity: number;
  readonly tenant: number;
  readonly sensorRef: string;
  readonly triggerTypes: readonly string[];
  /** Life from now on; a day unless said otherwise. */
  readonly seconds?: number;
}

/** It brings events of its triggers and reads the keys of its sensor and of the sensor's pack, and does nothing else. */
export const mintSensorToken = (
  secret: string,
  { identity, tenant, sensorRef, triggerTypes, seconds = SERVICE_SECONDS.default }: SensorToken,
): Promise<string> =>
  signToken(secret, {
    ...{ identity, tenant, seconds },
    login: sensorRef,
    tokenType: 'sensor',
    scope: 'sensor',
    metadata: { trigger_types: [...triggerTypes] },
  });

/** What a service inside the deployment speaks to the API with: it passes every check of a grant. */
export const mintWorkerToken = (
  secret: string,
  { identity, tenant, login }: Pick<NewToken, 'identity' | 'tenant' | 'login'>,
): Promise<string> =>
  signToken(secret, {
    ...{ identity, tenant, login },
    seconds: SERVICE_SECONDS.default,
    tokenType: 'worker',
    scope: 'worker',
  });

/** Checks signature (HS256 and our key, whatever the header asks for) and times, without leeway. Throws TokenRefusal. */
export async function readToken(secret: string, token: string): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, keyOf(secret), {
      algorithms: ['HS256'],
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(hostNow()),
    });
    return claimsOf(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new TokenRefusal('Authentication token expired');
    if (error instanceof errors.JOSEError) throw invalid();
    throw error;
  }
}

/** Signed by us, and it names nobody. */
export class SubjectRefusal extends TokenRefusal {
  constructor() {
    super('Invalid authentication token');
  }
}

export const invalid = () => new TokenRefusal('Invalid authentication token');

function claimsOf(payload: JWTPayload): Claims {
  const { sub, exp, login, tenant = null, token_type = 'access' } = payload;
  const tokenType = TOKEN_TYPES.find((type) => type === token_type);
  if (!tokenType || !exp || exp > LATEST) throw invalid();
  if (typeof sub !== 'string' || !/^\d{1,15}$/.test(sub)) throw new SubjectRefusal();
  if (tenant !== null && !Number.isSafeInteger(tenant)) throw invalid();
  return {
    identity: Number(sub),
    login: typeof login === 'string' ? login : null,
    tenant: tenant as number | null,
    tokenType,
    expiresAt: exp * 1_000,
    ...metadataOf(payload.metadata),
  };
}

type Metadata = Omit<Claims, 'identity' | 'login' | 'tenant' | 'tokenType' | 'expiresAt'>;

function metadataOf(metadata: unknown): Metadata {
  const told = (metadata ?? {}) as Record<string, unknown>;
  return {
    execution: wholeIn(told.execution_id),
    permissionSetRefs: textsIn(told.permission_set_refs),
    standardActionRefs: textsIn(told.standard_access_action_refs),
    standardPackRefs: textsIn(told.standard_access_pack_refs),
    triggerTypes: textsIn(told.trigger_types),
    integrationToken: wholeIn(told.integration_token_id),
    family: familyOf(wholeIn(told.family_id), wholeIn(told.generation)),
  };
}

const wholeIn = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null);

const familyOf = (family: number | null, generation: number | null): Claims['family'] =>
  family === null || generation === null ? null : { family, generation };

const textsIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((member): member is string => typeof member === 'string') : [];
