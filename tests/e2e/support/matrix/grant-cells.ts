import type { CallerName, Needs } from './granted-callers';
import { ROUTE_ROWS } from './routes';
import type { RouteRow } from './route-row';

/** One call of a route, and the status that it must get. */
export interface GrantCell {
  readonly route: string;
  readonly row: RouteRow;
  readonly caller: CallerName;
  readonly status: number;
  /** Of an empty list. */
  readonly isEmpty?: boolean;
}

type CallerKind = 'access' | 'execution';
const accepts = ({ kinds }: RouteRow, kind: CallerKind): boolean => kinds?.includes(kind) ?? true;

/** The status for a caller of this kind that the route allows. */
const allowed = (row: RouteRow, kind: CallerKind): number =>
  accepts(row, kind) ? (row.statusByKind?.[kind] ?? row.okStatus) : 403;

/** The status without the grant. */
const refused = (row: RouteRow, kind: CallerKind): number => {
  if (!accepts(row, kind)) return 403;
  return row.withoutGrant === 'filtered' ? row.okStatus : (row.withoutGrant ?? 403);
};

/** In another tenant, the path and a body that takes the fixtures name nothing. */
const foreign = (row: RouteRow): number => {
  if (!accepts(row, 'access')) return row.crossTenantStatus ?? 403;
  if (row.grant === 'tenants:manage') return 403;
  if (row.body !== undefined && row.body.length > 0) return row.foreignBodyStatus ?? 404;
  return row.path === undefined ? row.okStatus : (row.crossTenantStatus ?? 404);
};

const TENANT_MANAGERS = 'tenants:manage';

/** The status of each caller. No set of a tenant grants the right to manage tenants. */
function statuses(row: RouteRow, isFirst: boolean): Partial<Record<CallerName, number>> {
  if (row.takesOwnSecret) return { anonymous: 401, expired: 401, holder: 401, holderProgram: 401, foreign: 401 };
  const isManaged = row.grant === TENANT_MANAGERS;
  const [user, program] = [isManaged ? 403 : allowed(row, 'access'), allowed(row, 'execution')];
  const always = { expired: 401, foreign: foreign(row), holder: user };
  if (row.grant === null) return { ...always, anonymous: 401, holderProgram: program };
  const [last] = (row.alsoNeeds ?? []).slice(-1);
  const hasProgram = isFirst || !accepts(row, 'execution');
  return {
    ...always,
    others: row.isList ? row.okStatus : refused(row, 'access'),
    ...(row.isList && { none: refused(row, 'access') }),
    // Without the right to read the pack, its components are hidden.
    ...(last !== undefined && last !== 'packs:read' && { partial: row.withoutLast ?? 403 }),
    ...(hasProgram && {
      holderProgram: program,
      ...(row.visibilityGrant === undefined && { goneProgram: refused(row, 'execution') }),
      othersProgram: row.isList ? row.okStatus : refused(row, 'execution'),
    }),
  };
}

/** What a group of routes needs, with the calls of its routes. */
export interface GrantGroup {
  readonly needs: Needs;
  readonly cells: GrantCell[];
}

const needsOf = (row: RouteRow): Needs => {
  const { grant, visibilityGrant, alsoNeeds = [], openedBy = [], isOfPack = false } = row;
  const names = grant === null ? [] : [grant, visibilityGrant ?? [], ...alsoNeeds].flat();
  return { grants: names, openedBy, isOfPack };
};

/**
 * Every guarded route with each of its callers, by what it needs. A token of a running action is
 * tried at the first route of each group, and where it is not accepted.
 */
export function grantGroups(): GrantGroup[] {
  const groups = new Map<string, GrantGroup>();
  for (const [route, row] of Object.entries(ROUTE_ROWS)) {
    if (row.grant === 'public') continue;
    const needs = needsOf(row);
    const key = JSON.stringify(needs);
    const group = groups.get(key) ?? { needs, cells: [] };
    const cells = Object.entries(statuses(row, !groups.has(key)));
    groups.set(key, group);
    for (const [caller, status] of cells as [CallerName, number][]) {
      const isEmpty = row.isList && caller.startsWith('others');
      group.cells.push({ route, row, caller, status, ...(isEmpty && { isEmpty }) });
    }
  }
  return [...groups.values()];
}
