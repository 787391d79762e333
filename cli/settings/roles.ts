import { InvalidArgumentError } from 'commander';
import { ROLES, type Role } from '../../contract/capabilities';
import { usageError } from '../failures';

/** Roles from a list with commas, in the order of ROLES. Throws InvalidArgumentError. */
export function parseRoles(text: string): Role[] {
  const named = text.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !ROLES.some((role) => role === name));
  if (unknown.length > 0) {
    const given = unknown.map((name) => (name === '' ? 'an empty name' : name)).join(', ');
    throw new InvalidArgumentError(`${given} is no role; use ${ROLES.join(', ')}, separated by commas.`);
  }
  return ROLES.filter((role) => named.includes(role));
}

interface RoleFlags {
  readonly roles?: readonly Role[];
  readonly apiUrl?: string;
}

/** What a process does, and how many worker processes it has. */
export interface RolePlan {
  readonly roles: readonly Role[];
  readonly workers: number;
  /** Of the API in another process; null: not known. */
  readonly remoteApiUrl: string | null;
}

/**
 * The roles of a process with so many worker processes. Throws CommandError, exit 2: workers
 * without an API, or two APIs.
 */
export function planRoles({ roles = ROLES, apiUrl }: RoleFlags, workers: number): RolePlan {
  const needing = roles.filter(needsWorkers);
  if (roles.includes('api')) {
    if (apiUrl !== undefined) throw usageError('API_URL_UNUSED: this process has an API: remove --api-url');
  } else if (needing.length > 0 && apiUrl === undefined) {
    const names = needing.join(', ');
    throw usageError(
      `API_URL_MISSING: ${names} without api: name the API of the stack with --api-url http://host:port`,
    );
  }
  return { roles, workers: needing.length > 0 ? workers : 0, remoteApiUrl: apiUrl ?? null };
}

const needsWorkers = (role: Role): boolean => role === 'worker' || role === 'sensor';

/** The address of an API. Throws InvalidArgumentError. */
export function parseApiUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href.replace(/\/$/, '');
  throw new InvalidArgumentError('Use the address of an API: http://host:port.');
}
