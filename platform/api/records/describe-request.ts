import type { FastifyRequest } from 'fastify';
import type { AuditCategory, AuditOutcome } from '../../../contract/records/audit';

const CATEGORIES: Readonly<Record<string, AuditCategory>> = {
  auth: 'auth',
  keys: 'secret',
  identities: 'rbac',
  permissions: 'rbac',
  tenants: 'admin',
  workers: 'admin',
  runtimes: 'admin',
  'retention-config': 'admin',
  executions: 'execution',
  inquiries: 'execution',
  packs: 'pack',
  actions: 'pack',
  workflows: 'pack',
};

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'update', DELETE: 'delete' };
const MAX_TEXT = 255;
const MAX_PATH = 1_024;
const DENIALS: ReadonlySet<number> = new Set([401, 403, 429]);

export const outcomeOf = (status: number): AuditOutcome =>
  DENIALS.has(status) ? 'denied' : status >= 400 ? 'failure' : 'success';

interface Described {
  readonly category: AuditCategory;
  /** `keys.update`, `executions.cancel`. */
  readonly event_type: string;
  readonly resource_type: string;
  readonly resource_id: number | null;
  readonly resource_ref: string | null;
  readonly http_path: string;
}

/** What a request does, by its route and the names in its path and body. */
export function describeRequest({ method, url, routeOptions, params, body }: FastifyRequest): Described {
  const pattern = routeOptions.url ?? '';
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== 'api' && segment !== 'v1');
  const resource = segments[0] ?? '';
  const last = segments.at(-1) ?? '';
  const hasVerb = method === 'POST' && segments.length > 1 && !last.startsWith(':');
  const verb = hasVerb ? last.replaceAll('-', '_') : (VERBS[method] ?? 'read');
  const named = (params ?? {}) as Readonly<Record<string, unknown>>;
  return {
    category: CATEGORIES[resource] ?? 'api',
    event_type: `${resource.replaceAll('-', '_')}.${verb}`,
    resource_type: resource,
    resource_id: idIn(named),
    resource_ref: refIn(named) ?? refIn(body),
    http_path: 'key' in named ? pattern : url.split('?', 1)[0]!.slice(0, MAX_PATH),
  };
}

const idIn = ({ id }: Readonly<Record<string, unknown>>): number | null =>
  Number.isSafeInteger(Number(id)) ? Number(id) : null;

const REF_NAMES = ['ref', 'slug', 'action_ref', 'login'] as const;

/** The name of what a request is for. Other texts of a body may be secrets. */
function refIn(source: unknown): string | null {
  if (typeof source !== 'object' || source === null) return null;
  const values = REF_NAMES.map((name) => (source as Readonly<Record<string, unknown>>)[name]);
  const ref = values.find((value) => typeof value === 'string' && value.length <= MAX_TEXT && !value.includes('\0'));
  return (ref as string | undefined) ?? null;
}
