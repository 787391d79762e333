type RejectionCode =
  | 'DB_NOT_OURS'
  | 'DB_OWNED_BY_OTHER_STACK'
  | 'DB_RIGHTS_MISSING'
  | 'DB_WITHOUT_PLATFORM'
  | 'MIGRATION_FAILED'
  | 'MIGRATION_MISSING'
  | 'MIGRATION_MODIFIED'
  | 'MIGRATION_SET_CONFLICT'
  | 'CLOCK_OF_TENANT'
  | 'OTHER_BUILD_RUNNING'
  | 'WORKER_NAME_IN_USE';

/** The command line names a wrong database. */
const USAGE: readonly RejectionCode[] = ['DB_NOT_OURS', 'DB_WITHOUT_PLATFORM', 'MIGRATION_SET_CONFLICT'];

/**
 * The program does not work on this database, and has changed nothing in it. One line: code,
 * problem, remedy. Exit code 2 where another database must be named, else 3.
 */
export class DatabaseRefused extends Error {
  readonly isUsage: boolean;

  constructor(
    readonly code: RejectionCode,
    problem: string,
    remedy: string,
    options: ErrorOptions = {},
  ) {
    super(`${code}: ${problem}; ${remedy}`, options);
    this.name = 'DatabaseRefused';
    this.isUsage = USAGE.includes(code);
  }
}
