import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { one } from '../../contract/envelopes';
import { InstallResult } from '../../contract/packs';
import { unpack } from '../packs/archive';
import { PACK_LIMITS } from '../packs/limits';
import { installPack } from '../packs/pack-storage';
import { refusedPack } from '../packs/problems';
import type { Registration } from '../packs/register';
import { Refusal } from '../refusal';
import type { Api, ApiContext } from './context';
import { TextRefusal } from './errors';
import { requireGrant } from './grants';
import { installResultOf } from './pack-installs';

const FIELDS = 16;

/** `POST /packs/upload`: a gzip tar in the form field `pack`, with `force` and `skip_tests` as texts, in any order. */
export function packUploadRoute(api: Api, context: ApiContext): void {
  // A plugin of its own: no other route takes a form.
  void api.register(async (scope: Api) => {
    await scope.register(multipart, { limits: { fileSize: PACK_LIMITS.uploadBytes, fields: FIELDS, files: FIELDS } });
    scope.post(
      '/api/v1/packs/upload',
      {
        config: { grant: 'packs:install' },
        schema: { tags: ['packs'], consumes: ['multipart/form-data'], response: { 201: one(InstallResult) } },
        onRequest: (request, _reply, done) => done(isForm(request) ? undefined : notForm()),
      },
      async (request, reply) => {
        const { db } = context;
        const { caller } = request;
        await db.inTenant(caller.tenant, (transaction) => requireGrant(transaction, caller, 'packs', 'install'));
        return reply.code(201).send({ data: installResultOf(await upload(context, request)) });
      },
    );
  });
}

const isForm = ({ headers }: FastifyRequest): boolean =>
  (headers['content-type'] ?? '').toLowerCase().startsWith('multipart/form-data');
const notForm = () => new TextRefusal(415, 'the body must be a form: send it as multipart/form-data');

/** Received, unpacked and registered; whatever happens, only a registered pack leaves files. */
async function upload({ db, packsDirectory }: ApiContext, request: FastifyRequest): Promise<Registration> {
  const { tenant } = request.caller;
  const directory = join(packsDirectory, String(tenant), `.upload-${randomUUID()}`);
  const files = join(directory, 'files');
  await mkdir(files, { recursive: true });
  try {
    const archive = join(directory, 'pack.tar.gz');
    const { force } = await receive(request, archive);
    const root = await unpack(archive, files);
    return await installPack(db, { directory: root, tenant, force, installer: null, packsDirectory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Reads the form: the archive goes to a file. Throws BAD_REQUEST for a form that is broken, too large or lacks `pack`. */
async function receive(request: FastifyRequest, archive: string): Promise<{ force: boolean }> {
  const fields = new Map<string, string>();
  let received = false;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') fields.set(part.fieldname, textOf(part.value));
      else if (part.fieldname !== 'pack') part.file.resume();
      else {
        await save(part, archive);
        received = true;
      }
    }
  } catch (error) {
    throw formRefusal(error);
  }
  if (!received) throw new Refusal('BAD_REQUEST', 'the form has no file in the field pack', { path: 'pack' });
  flagOf(fields, 'skip_tests');
  return { force: flagOf(fields, 'force') };
}

async function save({ file }: MultipartFile, archive: string): Promise<void> {
  // 'wx': of two files in the field neither would be the one that was meant.
  await pipeline(file, createWriteStream(archive, { flags: 'wx' }));
  if (file.truncated) throw tooLarge();
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function flagOf(fields: ReadonlyMap<string, string>, name: string): boolean {
  const text = (fields.get(name) ?? 'false').toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Refusal('BAD_REQUEST', `${name} must be true or false`, { path: name });
}

const tooLarge = () => refusedPack('PACK_LIMIT', `the archive is larger than ${PACK_LIMITS.uploadBytes} bytes`, 'pack');

/** What kept the form from being read, as the caller's mistake; a failure of ours stays one. */
function formRefusal(error: unknown): unknown {
  if (error instanceof Refusal) return error;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge();
  if (code === 'EEXIST')
    return new Refusal('BAD_REQUEST', 'the form has two files in the field pack', { path: 'pack' });
  if (syscall !== undefined) return error;
  return new Refusal('BAD_REQUEST', `the form cannot be read: ${message}`);
}
