import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { JsonObject } from '../../../../contract/json';
import { createClient, type Client } from '../../../../helpers/client/client';
import { streamLogPath } from '../../../../platform/base/directories';
import type { Database } from '../../../../platform/store/database/connection';
import type { AttemptLease, LogStreamSize } from '../../../../platform/store/lifecycle/attempt';
import { createGrantHolder, type Grants } from '../grant-holder';
import { withApi } from '../with-api';

export interface ArtifactApi {
  readonly db: Database;
  readonly owner: Pool;
  readonly url: string;
  /** Directory of the log files. */
  readonly directory: string;
  /** Client of a user that may read all artifacts and packs. */
  readonly reader: Client;
  /** Client of a user that may also write all artifacts. */
  readonly writer: Client;
  readonly writerToken: string;
}

export const readGrant = (resource: string, constraints: JsonObject = {}): JsonObject => ({
  resource,
  actions: ['read'],
  constraints,
});

/** Grants to read every artifact and every pack. */
export const READ_ALL: Grants = [readGrant('artifacts'), readGrant('packs')];

/** Plain grants for everything about artifacts, and to read every pack. */
export const WRITE_ALL: Grants = [
  { resource: 'artifacts', actions: ['read', 'create', 'update', 'delete'] },
  readGrant('packs'),
];

/** An API, listening, with the pack `demo`. */
export function withArtifactApi(): () => ArtifactApi {
  const testApi = withApi();
  let api: ArtifactApi;
  beforeAll(async () => {
    const { api: server, db, owner, directory } = testApi();
    const url = await server.listen({ port: 0 });
    mkdirSync(directory);
    await owner.query(`insert into pack (ref, label, version) values ('demo', 'demo', '1.0.0')`);
    const reader = await createClientWithGrants({ url, owner }, READ_ALL);
    const writerToken = await createGrantHolder(owner, WRITE_ALL);
    const writer = createClient({ baseUrl: url, token: writerToken });
    api = { db, owner, url, directory, reader, writer, writerToken };
  });
  return () => api;
}

export const createClientWithGrants = async (
  { url, owner }: Pick<ArtifactApi, 'url' | 'owner'>,
  grants: Grants,
): Promise<Client> => createClient({ baseUrl: url, token: await createGrantHolder(owner, grants) });

let actions = 0;
export const newActionRef = () => `demo.act_${++actions}`;

/** An execution under a lease. */
export async function leaseExecution({ owner }: ArtifactApi, action: string): Promise<AttemptLease> {
  const { rows } = await owner.query<{ execution: number; token: number }>(
    `with made as (insert into execution (action_ref, status, attempt) values ($1, 'running', 1) returning id)
    insert into lease (tenant, resource, owner, expires_at, fencing_token)
    select 1, 'execution:' || id, 1, liveness_now() + interval '1 minute', nextval('fencing_token') from made
    returning substr(resource, 11)::bigint as execution, fencing_token as token`,
    [action],
  );
  return { execution: rows[0]!.execution, tenant: 1, fencingToken: rows[0]!.token, attempt: 1 };
}

/** As the statement does that stores the end of an attempt. */
export const recordLogs = (
  db: Database,
  { tenant, execution, attempt }: AttemptLease,
  logs: LogStreamSize[],
): Promise<unknown> =>
  db.inTenant(tenant, (transaction) =>
    sql`select record_logs(${execution}, ${attempt}, ${JSON.stringify(logs)}::jsonb)`.execute(transaction),
  );

/** Writes an attempt's stdout to its file and records it; returns the path. */
export async function writeStdout({ db, directory }: ArtifactApi, lease: AttemptLease, text: string): Promise<string> {
  const path = streamLogPath({ directory }, lease, 'stdout');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  await recordLogs(db, lease, [{ stream: 'stdout', bytes: Buffer.byteLength(text) }]);
  return path;
}

export const completeExecution = ({ owner }: ArtifactApi, execution: number) =>
  owner.query(`update execution set status = 'completed' where id = $1`, [execution]);

/** Refs of the execution's artifacts that the client may read, in order. */
export const artifactRefs = async (client: Client, execution: number): Promise<string[]> =>
  (await client.artifacts.ofExecution(execution)).map(({ ref }) => ref).sort();
