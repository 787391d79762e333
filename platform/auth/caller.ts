import type { TokenType } from '../../contract/auth';
import type { TokenClaims } from './tokens';

/** The authenticated caller of a request. */
export interface Caller {
  readonly identity: number;
  /**
   * Whose resources it opens: its identity, but for the token of an execution that others have
   * written. Null: of no one.
   */
  readonly owner: number | null;
  readonly tenant: number;
  readonly login: string;
  readonly tokenType: TokenType;
  /** Of an execution token: its execution, and the only permission sets that it holds. */
  readonly execution: number | null;
  /** Of an execution token: the action that runs. */
  readonly actionRef: string | null;
  readonly permissionSetRefs: readonly string[];
  /** Owners of the keys and artifacts that the set `standard` of an execution token opens. */
  readonly standardActionRefs: readonly string[];
  readonly standardPackRefs: readonly string[];
  /**
   * Of a sensor token, whose `login` is the sensor's ref: the triggers whose events it may report.
   */
  readonly triggerTypes: readonly string[];
  /** Of a sensor token: the pack of its sensor, where that was not registered. */
  readonly sensorPackRef: string | null;
  /** The claims of the token, to check later whether it is still valid. */
  readonly claims: TokenClaims;
}
