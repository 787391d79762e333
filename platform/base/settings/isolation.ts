/** What makes the sandboxes of programs: the launcher itself, or bubblewrap. */
export const ISOLATION_BACKENDS = ['own', 'bwrap'] as const;
export type IsolationBackend = (typeof ISOLATION_BACKENDS)[number];
