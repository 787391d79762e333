/** A schedule of cron: each week, on Sunday at 3:13. */
export const WEEKLY = '13 3 * * 0';
