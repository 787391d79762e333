import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { isFileType } from '../../contract/artifacts';
import { isTerminal } from '../../contract/status';
import { Refusal } from '../refusal';
import { findVersion, type ArtifactRow, type VersionRow } from '../store/artifacts';
import type { Database } from '../store/database';
import { executionRow } from '../store/executions';
import { codeOf } from '../worker/faults';
import { streamLogOf } from '../worker/surroundings';
import { artifactParams, readableVersion, unseen, versionParams } from './artifacts';
import { readableArtifact } from './artifact-access';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { STILL_THERE, readFrom, serverEvent } from './tail-file';

const PATH = '/api/v1/artifacts';
const tags = ['artifacts'];
const produces = ['application/octet-stream'];

/** The bytes of artifacts: of one version as a file, and of the newest as it grows. */
export function artifactFilesRoutes(api: Api, context: ApiContext): void {
  const { db, directory } = context;

  const download = async (caller: Caller, reply: FastifyReply, id: number, which: number | 'latest') => {
    const { artifact, version } = await db.inTenant(caller.tenant, (transaction) =>
      readableVersion(transaction, caller, id, which),
    );
    const path = pathOf(directory, version);
    const file = path === null ? null : await opened(path);
    if (file === null) throw notFound(`The file of version ${version.version} of artifact '${id}'`);
    const { size } = await file.stat();
    return reply
      .type(contentTypeOf(version))
      .header('content-length', size)
      .header('content-disposition', `attachment; filename="${fileNameOf(artifact, version)}"`)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .send(size === 0 ? Readable.from([]) : file.createReadStream({ start: 0, end: size - 1 }));
  };

  api.get(
    `${PATH}/:id/download`,
    { config: unseen, exposeHeadRoute: false, schema: { tags, params: artifactParams, produces } },
    ({ caller, params: { id } }, reply) => download(caller, reply, id, 'latest'),
  );

  api.get(
    `${PATH}/:id/versions/:version/download`,
    { config: unseen, exposeHeadRoute: false, schema: { tags, params: versionParams, produces } },
    ({ caller, params: { id, version } }, reply) => download(caller, reply, id, version),
  );

  api.get(
    `${PATH}/:id/stream`,
    {
      config: unseen,
      exposeHeadRoute: false,
      schema: { tags, params: artifactParams, produces: ['text/event-stream'] },
    },
    async ({ caller, params: { id } }, reply) => {
      const { type } = await db.inTenant(caller.tenant, (transaction) => readableArtifact(transaction, caller, id));
      if (!isFileType(type)) throw new Refusal('BAD_REQUEST', `an artifact of type ${type} has no file to follow`);
      const events = Readable.from(follow({ db, directory, tenant: caller.tenant, id }));
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(events);
    },
  );
}

/** Where its bytes are; null: it has none. */
function pathOf(directory: string, { tenant, execution, attempt, stream }: VersionRow): string | null {
  if (stream === null || execution === null || attempt === null) return null;
  return streamLogOf({ directory }, { tenant, execution, attempt }, stream);
}

async function opened(path: string): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const contentTypeOf = ({ content_type: type }: VersionRow): string => {
  if (type === null) return 'application/octet-stream';
  return type.startsWith('text/') && !type.includes(';') ? `${type}; charset=utf-8` : type;
};

const EXTENSIONS: Readonly<Record<string, string>> = { 'text/plain': 'txt' };

/** `demo.act.stdout.log` → `demo_act_stdout_log_v3.txt`. Whatever the ref holds, it is a plain file name. */
const fileNameOf = ({ ref }: ArtifactRow, { version, content_type: type }: VersionRow): string =>
  `${ref.replaceAll(/[^\w-]/g, '_')}_v${version}.${EXTENSIONS[type ?? ''] ?? 'bin'}`;

const POLL_MS = 500;
const POLLS_PER_KEEP_ALIVE = 30;
/** For as long is a file waited for that is to be written. */
const POLLS_FOR_A_FILE = 60;

interface Followed {
  readonly db: Database;
  readonly directory: string;
  readonly tenant: number;
  readonly id: number;
}

/** The newest version from its beginning, until its execution has ended and all was told. */
async function* follow(followed: Followed): AsyncGenerator<string> {
  let at = 0;
  let of: number | 'latest' = 'latest';
  for (let quiet = 0; ; quiet++) {
    const now = await standing(followed, of);
    if (now !== null) of = now.version;
    for (let chunk = await next(now, at); chunk.length > 0; chunk = await next(now, at)) {
      yield serverEvent(at === 0 ? 'content' : 'append', chunk.toString('utf8'), (at += chunk.length));
      quiet = 0;
    }
    const isMissing = at === 0 && quiet === POLLS_FOR_A_FILE;
    if ((now?.ended && at > 0) || isMissing) {
      yield isMissing ? serverEvent('error', 'there is no file to read') : serverEvent('done', '');
      return;
    }
    if (at === 0 && quiet === 0) yield serverEvent('waiting', '');
    else if (quiet > 0 && quiet % POLLS_PER_KEEP_ALIVE === 0) yield STILL_THERE;
    await pause(POLL_MS);
  }
}

interface Standing {
  readonly version: number;
  readonly path: string;
  /** Nothing more will be written. */
  readonly ended: boolean;
}

const next = (now: Standing | null, at: number): Promise<Buffer> =>
  now === null ? Promise.resolve(Buffer.alloc(0)) : readFrom(now.path, at, now.ended);

/** Null: there is no such version, or none with a file. */
const standing = ({ db, directory, tenant, id }: Followed, which: number | 'latest'): Promise<Standing | null> =>
  db.inTenant(tenant, async (transaction) => {
    const version = await findVersion(transaction, id, which);
    const path = version && pathOf(directory, version);
    if (!version || path === null) return null;
    const execution = version.execution === null ? null : await executionRow(transaction, version.execution);
    return { version: version.version, path, ended: execution === null || isTerminal(execution.status) };
  });
