import type { Role } from '../../contract/capabilities';

/** Parsed options: those that were not given are absent. */
export interface UpFlags {
  /** Names of the options on the command line. */
  readonly given: readonly string[];
  readonly port: number;
  readonly notifierPort?: number;
  readonly host: string;
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly join?: true;
  readonly roles?: readonly Role[];
  readonly apiUrl?: string;
  readonly workers?: number;
  readonly adminPasswordFile?: string;
  readonly virtualTime?: true;
  readonly web?: string;
  readonly compat?: 'attune';
  readonly json?: true;
  readonly exitWithStdin?: true;
}
