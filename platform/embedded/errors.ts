export type StartCode =
  | 'DATA_DIR_FOREIGN'
  | 'DATA_DIR_IN_USE'
  | 'DATA_DIR_PRIVATE'
  | 'DATA_DIR_UNUSABLE'
  | 'LEFT_BEHIND'
  | 'PG_BINARY_UNUSABLE'
  | 'PG_ROOT_REFUSED'
  | 'PG_START_FAILED'
  | 'RUN_DIR_UNUSABLE'
  | 'WATCHDOG_UNUSABLE';

/**
 * The platform's ground could not be laid. One line: the code, what was found, what would be right. Exit 3; LEFT_BEHIND, met
 * when it is taken away, 4.
 */
export class StartError extends Error {
  constructor(
    readonly code: StartCode,
    found: string,
    right: string,
  ) {
    super(`${code}: ${found.trim()}; ${right}`);
    this.name = 'StartError';
  }
}
