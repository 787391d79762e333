import type { IncomingHttpHeaders } from 'node:http';
import type { Static, TSchema } from '@sinclair/typebox';
import type { onRequestHookHandler } from 'fastify';
import type { TokenType } from '../../../contract/auth';
import type { GrantName } from '../../../contract/permissions';
import type { Caller } from '../../auth/caller';
import type { AuthorizationTarget } from '../../auth/constraints';
import type { Rights } from '../../auth/rights';
import type { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RouteSchema {
  readonly tags: readonly string[];
  /** Not in the OpenAPI document. */
  readonly hide?: boolean;
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  readonly body?: TSchema;
  /** The statuses of requests that succeed; the lowest, unless the handler sets another. */
  readonly response?: Readonly<Record<number, TSchema>>;
  readonly consumes?: readonly string[];
  readonly produces?: readonly string[];
}

type PartOf<S extends RouteSchema, K extends keyof RouteSchema> = S[K] extends TSchema ? Static<S[K]> : undefined;

/** A validated request of an authenticated caller. */
export interface RouteCall<S extends RouteSchema> {
  readonly caller: Caller;
  readonly params: PartOf<S, 'params'>;
  readonly query: PartOf<S, 'querystring'>;
  readonly body: PartOf<S, 'body'>;
  readonly headers: IncomingHttpHeaders;
}

/** The same inside the caller's tenant. */
export interface TenantCall<S extends RouteSchema> extends RouteCall<S> {
  readonly transaction: Transaction;
  /** What the caller may do; looked up once per transaction, when it is first needed. */
  readonly rights: () => Promise<Rights>;
}

export interface LoadedCall<S extends RouteSchema, L> extends TenantCall<S> {
  /** What `load` returned. */
  readonly loaded: L;
}

/** A further right that a request needs, checked after the route's own. */
interface AdditionalGrant<S extends RouteSchema, L> {
  readonly grant: GrantName;
  /** What the grant must cover; null: this request does not need it. */
  readonly target: (call: LoadedCall<S, L>) => AuthorizationTarget | null | Promise<AuthorizationTarget | null>;
}

/**
 * What a route requires of a request, in the order in which it is checked: `validate`,
 * `anyGrantFirst` or `grantFirst`, `load`, `grant` on `target`, `additionalGrants`, `check`. All
 * of it happens in one transaction of the caller's tenant.
 */
export interface RouteRequirements<S extends RouteSchema, L> {
  /**
   * The right that is enforced; null: none. `custom`: the handler decides, see
   * `CUSTOM_AUTHORIZATION`.
   */
  readonly grant: GrantName | null | 'custom';
  readonly validate?: (call: TenantCall<S>) => void | Promise<void>;
  /** FORBIDDEN for a caller without any such grant, before anything is looked up. */
  readonly anyGrantFirst?: boolean;
  /** Checks the grant before anything is looked up, without a target. */
  readonly grantFirst?: boolean;
  /** FORBIDDEN outside of the tenant `default`. */
  readonly defaultTenantOnly?: boolean;
  /** Throws NOT_FOUND, and whatever else comes before the check of the grant. */
  readonly load?: (call: TenantCall<S>) => Promise<L>;
  /**
   * What the grant must cover. Without one: any resource of the kind, which a constrained grant
   * does not cover.
   */
  readonly target?: (call: LoadedCall<S, L>) => AuthorizationTarget | Promise<AuthorizationTarget>;
  /** Requests that need no grant. */
  readonly isExempt?: (call: LoadedCall<S, L>) => boolean;
  /**
   * What a caller without the grant is answered instead of FORBIDDEN: the same as where there is
   * no such resource.
   */
  readonly hiddenAs?: (call: TenantCall<S>) => DomainError;
  readonly additionalGrants?: readonly AdditionalGrant<S, L>[];
  /** Runs after the checks of the grants: what else forbids the request. */
  readonly check?: (call: LoadedCall<S, L>) => void | Promise<void>;
  /**
   * The handler leaves out what the caller may not read, and a caller without any grant is
   * answered the rest.
   */
  readonly filtersRows?: boolean;
}

/** How a route reads requests. */
interface RouteOptions {
  /** The capability that adds this route: without extensions there is no such route. */
  readonly extension?: string;
  readonly tokens?: readonly TokenType[];
  /** DRAINING while the platform stops. */
  readonly requestsWork?: boolean;
  readonly ignoresBody?: boolean;
  readonly isBodyOptional?: boolean;
  readonly allowsNul?: boolean;
  readonly tokenErrorEnvelope?: 'A';
  readonly exposeHeadRoute?: boolean;
  readonly onRequest?: onRequestHookHandler;
}

export interface RouteEntry<S extends RouteSchema, L> extends RouteRequirements<S, L>, RouteOptions {
  readonly method: Method;
  readonly path: string;
  readonly schema: S;
}
