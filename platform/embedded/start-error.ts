type StartCode =
  | 'DATA_DIR_FOREIGN'
  | 'DATA_DIR_IN_USE'
  | 'DATA_DIR_PRIVATE'
  | 'DATA_DIR_UNUSABLE'
  | 'LEFT_BEHIND'
  | 'PG_BINARY_UNUSABLE'
  | 'PG_ENDED'
  | 'PG_ROOT_REFUSED'
  | 'PG_START_FAILED'
  | 'PG_TOO_OLD'
  | 'RUN_DIR_UNUSABLE'
  | 'WATCHDOG_UNUSABLE';

/**
 * The platform's database or run directory could not be prepared. One line: code, problem, remedy.
 * Exit code 3; LEFT_BEHIND, which is thrown at the stop, 4.
 */
export class StartError extends Error {
  constructor(
    readonly code: StartCode,
    problem: string,
    remedy: string,
  ) {
    super(`${code}: ${problem.trim()}; ${remedy}`);
    this.name = 'StartError';
  }
}
