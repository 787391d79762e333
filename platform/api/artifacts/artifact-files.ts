import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { isFileType } from '../../../contract/artifacts';
import { isTerminal } from '../../../contract/status';
import { DomainError, notFound } from '../../base/domain-error';
import type { ArtifactRow } from '../../store/artifacts/artifacts';
import { findArtifactVersion, type ArtifactVersionRow } from '../../store/artifacts/versions';
import type { Database } from '../../store/database/connection';
import { findExecutionRow } from '../../store/executions/executions';
import { fileExtension } from '../../core/data/version-file';
import { openBelow } from '../../files/open-below';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import { sendEventStream } from '../http/sse';
import { bytesOfFile, sendBytes, type SentBytes } from '../http/send-file';
import { artifactParams, onArtifact, onLatestVersion, onVersion, versionParams } from './artifacts';
import { followLog, type LogState } from '../executions/follow-log';
import { versionSource, withSource, type VersionSource } from './version-source';

const PATH = '/api/v1/artifacts';
const tags = ['artifacts'];
const BYTES = ['application/octet-stream'];

/** The bytes of artifacts: a version as a file, and the newest version while it grows. */
export function artifactFilesRoutes(api: Api, { db, directory }: ApiContext): void {
  const isFile = {
    exposeHeadRoute: false,
    respond: ({ loaded, reply }: Download) => download(loaded, reply),
  };

  routeAfterCommit(api, {
    ...isFile,
    grant: 'custom',
    load: async (call) => withSource(directory, call.transaction, await onLatestVersion.load(call)),
    method: 'GET',
    path: `${PATH}/:id/download`,
    schema: { tags, params: artifactParams, produces: BYTES },
  });

  routeAfterCommit(api, {
    ...isFile,
    grant: 'custom',
    load: async (call) => withSource(directory, call.transaction, await onVersion.load(call)),
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
    respond: ({ caller: { tenant }, loaded: { id, type }, reply, isStillAuthorized }) => {
      if (!isFileType(type)) throw new DomainError('BAD_REQUEST', `an artifact of type ${type} has no file to follow`);
      return sendEventStream(reply, followArtifact({ db, directory, tenant, id, isStillAuthorized }));
    },
  });
}

interface LoadedVersion {
  readonly artifact: ArtifactRow;
  readonly version: ArtifactVersionRow;
}

interface Download {
  readonly loaded: LoadedVersion & { readonly source: VersionSource };
  readonly reply: FastifyReply;
}

async function download({ artifact, version, source }: Download['loaded'], reply: FastifyReply) {
  const content = await openSource(source);
  if (content === null) throw notFound(`The file of version ${version.version} of artifact '${artifact.id}'`);
  void reply.header('content-disposition', `attachment; filename="${downloadName(artifact, version)}"`);
  return sendBytes(reply, content, versionContentType(version));
}

/** The bytes as of now; null where there is no file. */
async function openSource(source: VersionSource): Promise<SentBytes | null> {
  if (Buffer.isBuffer(source)) return { size: source.length, body: Readable.from([source]) };
  const file = await openBelow(source);
  return file && bytesOfFile({ file, size: (await file.stat()).size });
}

/** Rows that were written by plain SQL may have any text. */
const HEADER_VALUE = /^[!-~][ -~]*$/;

const versionContentType = ({ content_type: type }: ArtifactVersionRow): string => {
  if (type === null || !HEADER_VALUE.test(type)) return 'application/octet-stream';
  return type.startsWith('text/') && !type.includes(';') ? `${type}; charset=utf-8` : type;
};

/**
 * `demo.act.stdout.log` → `demo_act_stdout_log_v3.txt`. Whatever the ref holds, it is a plain
 * file name.
 */
const downloadName = ({ ref, type }: ArtifactRow, { version, content_type: contentType }: ArtifactVersionRow): string =>
  `${ref.replaceAll(/[^\w-]/g, '_')}_v${version}.${fileExtension(type, contentType)}`;

const POLL_MS = 500;
/** How long a file is waited for that a running execution has yet to write, ms. */
const EMPTY_TIMEOUT_MS = 30_000;

interface FollowedArtifact {
  readonly db: Database;
  readonly directory: string;
  readonly tenant: number;
  readonly id: number;
  readonly isStillAuthorized: () => Promise<boolean>;
}

/**
 * The version that is the newest when it is first found, from its beginning until its execution
 * has ended.
 */
function followArtifact(artifact: FollowedArtifact): AsyncGenerator<string> {
  let version: number | 'latest' = 'latest';
  const state = async (): Promise<LogState> => {
    const file = await findVersionContent(artifact, version);
    if (file === null) return { source: null, isComplete: false, status: '' };
    version = file.version;
    return { source: file.source, isComplete: file.isComplete, status: '' };
  };
  const { isStillAuthorized } = artifact;
  return followLog({ offset: 0, pollMs: POLL_MS, emptyTimeoutMs: EMPTY_TIMEOUT_MS, isStillAuthorized, state });
}

interface VersionContent {
  readonly version: number;
  readonly source: VersionSource;
  /** Nothing more will be written. */
  readonly isComplete: boolean;
}

/** Null: there is no such version. */
const findVersionContent = (
  { db, directory, tenant, id }: Omit<FollowedArtifact, 'isStillAuthorized'>,
  versionNumber: number | 'latest',
): Promise<VersionContent | null> =>
  db.inTenant(tenant, async (transaction) => {
    const version = await findArtifactVersion(transaction, id, versionNumber);
    if (!version) return null;
    const source = await versionSource(directory, transaction, version);
    const execution = version.execution === null ? null : await findExecutionRow(transaction, version.execution);
    const isComplete = Buffer.isBuffer(source) || execution === null || isTerminal(execution.status);
    return { version: version.version, source, isComplete };
  });
