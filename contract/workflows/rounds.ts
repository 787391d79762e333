/** How often a task may start in one run, unless the platform sets another limit. */
export const DEFAULT_MAX_ROUNDS = 1_000;
