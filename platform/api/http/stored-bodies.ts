import type { IncomingHttpHeaders } from 'node:http';
import type { GrantName } from '../../../contract/permissions';
import { writeJson } from '../../../contract/json-text/write-json';
import type { RouteEntry, RouteSchema } from './route-requirements';

/** A tenant beyond its limit can still manage identities, answer inquiries, cancel and delete. */
const STORING_GRANTS: ReadonlySet<GrantName | null | 'custom'> = new Set<GrantName>([
  ...(['artifacts:create', 'artifacts:update'] as const),
  ...(['actions:create', 'actions:update', 'actions:execute', 'inquiries:create', 'keys:create'] as const),
  ...([
    'keys:update',
    'packs:create',
    'packs:configure',
    'queues:create',
    'queues:update',
    'rules:create',
    'rules:update',
  ] as const),
  ...(['runtimes:create', 'runtimes:update', 'triggers:create', 'triggers:update'] as const),
]);

/** Whether the body of a request is kept, and counts towards what the tenant may keep. */
export const storesBody = <S extends RouteSchema, L>({ grant, schema }: RouteEntry<S, L>): boolean =>
  schema.body !== undefined && STORING_GRANTS.has(grant);

interface SentBody {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export const bodyBytes = ({ headers, body }: SentBody): number =>
  Number(headers['content-length'] ?? Buffer.byteLength(writeJson(body)));
