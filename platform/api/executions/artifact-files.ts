import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { isFileType } from '../../../contract/artifacts';
import { isTerminal } from '../../../contract/status';
import { DomainError, notFound } from '../../domain-error';
import { findArtifactVersion, type ArtifactRow, type ArtifactVersionRow } from '../../store/executions/artifacts';
import type { Database } from '../../store/database/connection';
import { findExecutionRow } from '../../store/executions/executions';
import { errorCode } from '../../error-details';
import { streamLogPath } from '../../directories';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import { sendEventStream } from '../http/sse';
import { artifactParams, onArtifact, onLatestVersion, onVersion, versionParams } from './artifacts';
import { followLog, type LogState } from './follow-log';

const PATH = '/api/v1/artifacts';
const tags = ['artifacts'];
const BYTES = ['application/octet-stream'];

/** The bytes of artifacts: a version as a file, and the newest version while it grows. */
export function artifactFilesRoutes(api: Api, { db, directory }: ApiContext): void {
  const isFile = {
    exposeHeadRoute: false,
    respond: ({ loaded, reply }: Download) => download(directory, loaded, reply),
  };

  routeAfterCommit(api, {
    ...onLatestVersion,
    ...isFile,
    method: 'GET',
    path: `${PATH}/:id/download`,
    schema: { tags, params: artifactParams, produces: BYTES },
  });

  routeAfterCommit(api, {
    ...onVersion,
    ...isFile,
    method: 'GET',
    path: `${PATH}/:id/versions/:version/download`,
    schema: { tags, params: versionParams, produces: BYTES },
  });

  routeAfterCommit(api, {
    ...onArtifact,
    method: 'GET',
    path: `${PATH}/:id/stream`,
    exposeHeadRoute: false,
    schema: { tags, params: artifactParams, produces: ['text/event-stream'] },
    respond: ({ caller: { tenant }, loaded: { id, type }, reply }) => {
      if (!isFileType(type)) throw new DomainError('BAD_REQUEST', `an artifact of type ${type} has no file to follow`);
      return sendEventStream(reply, followArtifact({ db, directory, tenant, id }));
    },
  });
}

interface LoadedVersion {
  readonly artifact: ArtifactRow;
  readonly version: ArtifactVersionRow;
}

interface Download {
  readonly loaded: LoadedVersion;
  readonly reply: FastifyReply;
}

async function download(directory: string, { artifact, version }: LoadedVersion, reply: FastifyReply) {
  const path = versionPath(directory, version);
  const file = path === null ? null : await openIfExists(path);
  if (file === null) throw notFound(`The file of version ${version.version} of artifact '${artifact.id}'`);
  const { size } = await file.stat();
  return reply
    .type(versionContentType(version))
    .header('content-length', size)
    .header('content-disposition', `attachment; filename="${downloadName(artifact, version)}"`)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .send(size === 0 ? Readable.from([]) : file.createReadStream({ start: 0, end: size - 1 }));
}

/** The file of a version; null for one without bytes. */
function versionPath(directory: string, { tenant, execution, attempt, stream }: ArtifactVersionRow): string | null {
  if (stream === null || execution === null || attempt === null) return null;
  return streamLogPath({ directory }, { tenant, execution, attempt: attempt }, stream);
}

async function openIfExists(path: string): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

const versionContentType = ({ content_type: type }: ArtifactVersionRow): string => {
  if (type === null) return 'application/octet-stream';
  return type.startsWith('text/') && !type.includes(';') ? `${type}; charset=utf-8` : type;
};

const EXTENSIONS: Readonly<Record<string, string>> = { 'text/plain': 'txt' };

/**
 * `demo.act.stdout.log` → `demo_act_stdout_log_v3.txt`. Whatever the ref holds, it is a plain
 * file name.
 */
const downloadName = ({ ref }: ArtifactRow, { version, content_type: type }: ArtifactVersionRow): string =>
  `${ref.replaceAll(/[^\w-]/g, '_')}_v${version}.${EXTENSIONS[type ?? ''] ?? 'bin'}`;

const POLL_MS = 500;
/** How long a file is waited for that a running execution has yet to write, ms. */
const EMPTY_TIMEOUT_MS = 30_000;

interface FollowedArtifact {
  readonly db: Database;
  readonly directory: string;
  readonly tenant: number;
  readonly id: number;
}

/**
 * The version that is the newest when it is first found, from its beginning until its execution
 * has ended.
 */
function followArtifact(artifact: FollowedArtifact): AsyncGenerator<string> {
  let version: number | 'latest' = 'latest';
  const state = async (): Promise<LogState> => {
    const file = await findVersionFile(artifact, version);
    if (file === null) return { path: null, isComplete: false, status: '' };
    version = file.version;
    return { path: file.path, isComplete: file.isComplete, status: '' };
  };
  return followLog({ offset: 0, pollMs: POLL_MS, emptyTimeoutMs: EMPTY_TIMEOUT_MS, state });
}

interface VersionFile {
  readonly version: number;
  readonly path: string;
  /** Nothing more will be written. */
  readonly isComplete: boolean;
}

/** Null: there is no such version, or none with a file. */
const findVersionFile = (
  { db, directory, tenant, id }: FollowedArtifact,
  versionNumber: number | 'latest',
): Promise<VersionFile | null> =>
  db.inTenant(tenant, async (transaction) => {
    const version = await findArtifactVersion(transaction, id, versionNumber);
    const path = version && versionPath(directory, version);
    if (!version || path === null) return null;
    const execution = version.execution === null ? null : await findExecutionRow(transaction, version.execution);
    return { version: version.version, path, isComplete: execution === null || isTerminal(execution.status) };
  });
