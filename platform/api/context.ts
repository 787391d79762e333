import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { TokenType } from '../../contract/auth';
import type { GrantName, Lack } from '../../contract/permissions';
import type { Manifest } from '../../contract/capabilities';
import type { EgressPolicy } from '../egress/guard';
import type { Database } from '../store/database';
import type { Live } from '../notifier/live';
import type { Claims } from './tokens';

/** Who asks, read from the token. */
export interface Caller {
  readonly identity: number;
  readonly tenant: number;
  readonly login: string;
  readonly tokenType: TokenType;
  /** Of an execution token: the execution it was made for, and the only permission sets it carries. */
  readonly execution: number | null;
  readonly permissionSetRefs: readonly string[];
  /** Owners of the keys and artifacts that the set `standard` of such a token opens. */
  readonly standardActionRefs: readonly string[];
  readonly standardPackRefs: readonly string[];
  /** Of a sensor token, whose `login` is the sensor's ref: the triggers whose events it may bring. */
  readonly triggerTypes: readonly string[];
  /** What the token says, to ask later whether it still holds. */
  readonly claims: Claims;
}

/** What every route is given. */
export interface ApiContext {
  readonly db: Database;
  /** HS256 key of all tokens. */
  readonly tokenSecret: string;
  readonly selfRegistration: boolean;
  /** Failed tries to log in per minute, by login and by address; 0: any number. */
  readonly loginTries: number;
  /** Each refresh token is good once. */
  readonly refreshRotation: boolean;
  /** Directory under which packs of each tenant are stored: `<packs>/<tenant>/<ref>`. */
  readonly packsDirectory: string;
  /** Directories below which packs may be registered. */
  readonly packRoots: readonly string[];
  /** What packs may be fetched from. */
  readonly egress: EgressPolicy;
  /** Directory of this platform: workers keep `logs/` and `environments/` there. */
  readonly directory: string;
  readonly version: string;
  /** A worker that was silent for longer is not counted on, ms; the contract's 90 s unless given. */
  readonly workerStaleMs?: number;
  readonly manifest: () => Manifest | Promise<Manifest>;
  /** The notifier's side; absent where no notifier runs in this process. */
  readonly live?: Live<Caller>;
}

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** One file per resource registers its routes. */
export type Routes = (api: Api, context: ApiContext) => void;

declare module 'fastify' {
  interface FastifyRequest {
    /** JSON pointer of a text in the body that holds a NUL character. */
    nulAt: string | null;
    /** Set before the handler of every route that is not public. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** No token is asked for, and a wrong one is ignored. */
    public?: boolean;
    /**
     * The right that the handler asks for; null: none, any token of a kind that is let in will do. Told to readers of the
     * OpenAPI document as `x-required-grant`; a route that is not public and says nothing fails the build.
     */
    grant?: GrantName | null;
    /** How the lack of it shows: 403 unless said otherwise. `x-without-grant`. */
    lack?: Lack;
    /** Kinds of tokens that are let in: all but `refresh` and `sensor` unless said otherwise. `x-token-kinds`. */
    tokens?: readonly TokenType[];
    /** The body is not read: any content type, or none. */
    bodiless?: boolean;
    /** The body may be left out: the schema then sees null. */
    optionalBody?: boolean;
    /** A NUL character in a text is no error of its own here. */
    takesNul?: boolean;
    /** Envelope in which a refused token is answered: B unless said otherwise. */
    tokenErrors?: 'A';
  }
}
