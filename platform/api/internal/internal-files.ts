import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { receivedFilesDirectory } from '../../base/directories';
import {
  appendStored,
  openStored,
  placeOfTenant,
  removeStored,
  replaceStored,
  type FilePlace,
} from '../../files/stored-files';
import { forgetInternalFile, recordInternalFile, type SizeChange } from '../../store/workers/internal-files';
import type { Api, ApiContext } from '../http/context';
import { PlainTextError } from '../http/errors';
import { routeAfterCommit } from '../http/route';
import { namedPlugin } from '../http/named-plugin';
import { declaredLength, withReceivedBody, type ReceivedBody } from './receive-body';
import { bytesOfFile, sendBytes } from '../http/send-file';

/** For workers and sensors. */
const FOR_PROGRAMS = {
  path: '/api/v1/internal/files/*',
  grant: null,
  tokens: ['worker', 'sensor'],
  allowsNul: true, // refused as a part of the path
} as const;
const tags = ['internal'];
const NO_BODY = Type.Null();

/**
 * Files of the caller's tenant below the directory that its programs have as
 * ATTUNE_ARTIFACTS_DIR. Programs may write there themselves, whatever they like.
 */
export function internalFilesRoutes(api: Api, context: ApiContext): void {
  // A plugin of its own: no other route accepts a body of any type.
  void api.register(
    namedPlugin('internal-files', (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, body, parsed) => parsed(null, body));
      registerReads(scope, context);
      registerChanges(scope, context);
    }),
  );
}

function registerReads(api: Api, context: ApiContext): void {
  routeAfterCommit(api, {
    ...FOR_PROGRAMS,
    method: 'GET',
    exposeHeadRoute: false,
    schema: { tags, produces: ['application/octet-stream'] },
    respond: async ({ request, reply }) => sendBytes(reply, bytesOfFile(await openRequested(context, request))),
  });

  routeAfterCommit(api, {
    ...FOR_PROGRAMS,
    method: 'HEAD',
    schema: { tags, hide: true },
    respond: async ({ request, reply }) => {
      const { file, size } = await openRequested(context, request);
      await file.close();
      return reply.type('application/octet-stream').header('content-length', size).send();
    },
  });
}

function registerChanges(api: Api, context: ApiContext): void {
  const schema = { tags, consumes: ['application/octet-stream'] };

  routeAfterCommit(api, {
    ...FOR_PROGRAMS,
    method: 'PUT',
    schema: { ...schema, response: { 201: NO_BODY } },
    respond: ({ request, reply }) => store(context, request, reply, { size: 'replace', apply: replaceStored }),
  });

  routeAfterCommit(api, {
    ...FOR_PROGRAMS,
    method: 'PATCH',
    schema: { ...schema, response: { 204: NO_BODY } },
    respond: ({ request, reply }) => store(context, request, reply, { size: 'append', apply: appendStored }),
  });

  routeAfterCommit(api, {
    ...FOR_PROGRAMS,
    method: 'DELETE',
    ignoresBody: true,
    schema: { tags, response: { 204: NO_BODY } },
    respond: async ({ caller, request, reply }) => {
      const place = placeOf(context, request);
      const isRemoved = await context.db.inTenant(caller.tenant, async (transaction) => {
        await forgetInternalFile(transaction, place.path);
        return removeStored(place);
      });
      if (!isRemoved) throw fileNotFound();
      return reply.send();
    },
  });
}

const fileNotFound = () => new PlainTextError(404, 'no such file');

/** PlainTextError. */
const placeOf = (context: ApiContext, { caller, params }: FastifyRequest): FilePlace =>
  placeOfTenant(context, caller.tenant, requireFilePath((params as { readonly '*': string })['*']));

async function openRequested(context: ApiContext, request: FastifyRequest) {
  const opened = await openStored(placeOf(context, request));
  if (opened === null) throw fileNotFound();
  return opened;
}

interface FileChange {
  readonly size: SizeChange;
  /** False: something else is in the way of the file. */
  readonly apply: (place: FilePlace, body: ReceivedBody) => Promise<boolean>;
}

/**
 * Receives the body, then changes the file in the transaction that records its size, as its last
 * step: a body that ends early changes nothing.
 */
async function store(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  change: FileChange,
): Promise<FastifyReply> {
  const { db, directory, platform, tenantQuota } = context;
  const { tenant } = request.caller;
  const place = placeOf(context, request);
  const declared = declaredLength(request);
  if (declared !== null)
    await db.inTenant(tenant, (transaction) => tenantQuota.addBytes(transaction, tenant, declared));
  const received = receivedFilesDirectory({ directory }, platform.instance_id);
  await withReceivedBody(request, received, (body) =>
    db.inTenant(tenant, async (transaction) => {
      if (declared === null) await tenantQuota.addBytes(transaction, tenant, body.size);
      await recordInternalFile(transaction, place.path, body.size, change.size);
      if (!(await change.apply(place, body))) throw new PlainTextError(400, 'the path names something that is no file');
    }),
  );
  return reply.send();
}

/** What a name may have in a directory of Linux, bytes. */
const MAX_SEGMENT_BYTES = 255;
const MAX_PATH_BYTES = 1_024;

/** A path below a directory, as it was decoded. 400 for one that may lead elsewhere. */
function requireFilePath(path: string): string {
  const reason = rejection(path);
  if (reason !== null) throw new PlainTextError(400, `the path ${reason}`);
  return path;
}

function rejection(path: string): string | null {
  if (path.includes('..')) return 'must not contain ..';
  if (path.startsWith('/')) return 'must not begin with /';
  if (path.includes('\0') || path.includes('\\')) return 'must contain neither a NUL character nor a backslash';
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.')) return 'must not have an empty segment or .';
  if (segments.some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES))
    return `must not have a segment of more than ${MAX_SEGMENT_BYTES} bytes`;
  return Buffer.byteLength(path) > MAX_PATH_BYTES ? `must not have more than ${MAX_PATH_BYTES} bytes` : null;
}
