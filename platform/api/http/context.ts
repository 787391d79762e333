import type { Caller } from '../../auth/caller';
import type { EffectivePermissionSet } from '../../store/identities/grants';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { TokenType } from '../../../contract/auth';
import type { GrantName, DeniedResponse } from '../../../contract/permissions';
import type { CapabilityManifest } from '../../../contract/capabilities';
import type { Role } from '../../../contract/capabilities';
import type { EgressPolicy } from '../../base/http/allow-list';
import type { PlatformProgram } from '../../packs/process/pack-process';
import type { ClockFollower } from '../../store/clock/follow-clocks';
import type { Database, Transaction } from '../../store/database/connection';
import type { AdvanceJob } from '../../store/database/notify';
import type { AgentPrograms } from '../../base/settings/paired';
import type { DiskFloor } from '../../disk/disk-floor';
import type { DatabaseProbe } from '../../store/database/database-probe';
import type { TenantQuota } from '../../auth/tenant-quota';
import type { AuthContext } from '../../auth/auth-context';
import type { SubscriptionHub } from '../../notifier/subscriptions';
import type { Agent } from '../../store/workers/tenant-workers';
import type { Readiness } from '../status/readiness';
import type { RequestAudit } from '../records/request-audit';
import type { MetricsAccess } from '../status/metrics';

/** What every route is given. */
export interface ApiContext extends AuthContext {
  /** Serves what this platform adds to Attune's contract. */
  readonly extensions: boolean;
  readonly selfRegistration: boolean;
  /** What a browser is shown; absent: nothing. */
  readonly page?: Page;
  /** How long a new item of a work queue can still be changed; 0 by default. */
  readonly queueChangeMs?: number;
  readonly tenantQuota: TenantQuota;
  /** Directory under which packs of each tenant are stored: `<packs>/<tenant>/<ref>`. */
  readonly packsDirectory: string;
  /** Directories below which packs may be registered. */
  readonly packRoots: readonly string[];
  /** What packs may be fetched from. */
  readonly egressPolicy: EgressPolicy;
  /** Directory of this platform: workers write `logs/` and `environments/` there. */
  readonly directory: string;
  /** The user of a tenant's programs; absent where it is the user of this process. */
  readonly userOfPrograms?: (tenant: number) => number;
  /** Archives are unpacked, and packs read, in a process of their own. */
  readonly program: PlatformProgram;
  /** Whether this platform stops, and how long it lets executions end then. */
  readonly drain: { readonly isDraining: boolean; readonly graceMs: number };
  readonly version: string;
  readonly databaseProbe: DatabaseProbe;
  readonly readiness: Readiness;
  /** Of the platform's directory. */
  readonly diskFloor: Pick<DiskFloor, 'shortage'>;
  /** A worker that is silent for longer is stale, ms; the contract's 90 s by default. */
  readonly workerStaleMs?: number;
  /** How long tests of a pack may wait for a worker, ms; 30 s by default. */
  readonly packTestPickUpMs?: number;
  /**
   * Dispatches an execution in the transaction that requested it; absent where no executor runs in
   * this process.
   */
  readonly dispatchOne?: (transaction: Transaction, execution: AdvanceJob) => Promise<void>;
  /** Which platform this is. */
  readonly platform: CapabilityManifest['platform'];
  /** What this process does for the stack. */
  readonly roles: readonly Role[];
  /** Of all platforms on this database; absent where it is not stamped. */
  readonly stackId?: string;
  readonly manifest: () => CapabilityManifest | Promise<CapabilityManifest>;
  /** The subscriptions of the notifier; absent where no notifier runs in this process. */
  readonly subscriptionHub?: SubscriptionHub<Caller>;
  /** The clocks of tenants; absent on a platform without virtual time. */
  readonly clocks?: ClockFollower;
  /** What `/metrics` serves, and for which token; absent where no token is set. */
  readonly metrics?: MetricsAccess;
  /** The agent programs that new hosts may fetch; absent where none are configured. */
  readonly agentPrograms?: AgentPrograms;
}

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** The page that people open in a browser. */
export interface Page {
  /** HTML, the same for all addresses of the page. */
  document(): Promise<string>;
  /** Value of the header `content-security-policy`. `hostname`: of the request. */
  readonly policy: (hostname: string) => string;
  /** Registers what the document loads, after all routes of the API. */
  addRoutes(api: Api): void;
}

/** One file per resource registers its routes. */
export type Routes = (api: Api, context: ApiContext) => void;

declare module 'fastify' {
  interface FastifyInstance {
    db: Database;
    tenantQuota: TenantQuota;
    trustedProxies: ApiContext['trustedProxies'];
    extensions: boolean;
  }
  interface FastifyRequest {
    /** JSON pointer of a text in the body that holds a NUL character. */
    nulPointer: string | null;
    /** Set with the request. */
    audit: RequestAudit;
    /** Set before the handler of every route that is not public. */
    caller: Caller;
    /** The sets that are assigned to its identity, where they were read with it: for `GET`. */
    assignedSets: readonly EffectivePermissionSet[] | undefined;
    /** Set before the handler of a route for agents. */
    agent: Agent;
  }
  interface FastifyContextConfig {
    /** Requests executions: a platform that stops does not accept it. */
    requestsWork?: boolean;
    /** No token is required, and a wrong one is ignored. */
    isPublic?: boolean;
    /**
     * The required right, `x-required-grant` of the OpenAPI document; null: none, any token of an
     * accepted type. The registration of a route throws that is not public and declares none.
     */
    grant?: GrantName | null;
    /** Set by `route()`, which checks the grant. */
    isGrantEnforced?: boolean;
    /** Set for the routes of CUSTOM_AUTHORIZATION. */
    isAuthorizedByHandler?: boolean;
    /** How the lack of the grant shows, `x-without-grant`; 403 by default. */
    withoutGrant?: DeniedResponse;
    /** The accepted token types, `x-token-kinds`; DEFAULT_TOKEN_TYPES by default. */
    tokens?: readonly TokenType[];
    /** For the agent of the external worker `id`, with its secret: no other token is accepted. */
    isForAgent?: boolean;
    /** The body is not read: any content type, or none. */
    ignoresBody?: boolean;
    /** The body may be left out: the schema is then given null. */
    isBodyOptional?: boolean;
    /** A NUL character in a text is valid input. */
    allowsNul?: boolean;
    /** The envelope of authentication errors; B by default. */
    tokenErrorEnvelope?: 'A';
  }
}
