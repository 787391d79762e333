/**
 * Whether the file, a path from the root, runs in a program of its own that can write no file:
 * whether a change there ran is not known.
 */
export const runsConfined = (path: string): boolean => path.startsWith('platform/egress/');
