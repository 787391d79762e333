/** Those by which a user, a terminal or a service ends a process. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
