import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { dataEnvelope } from '../../../contract/envelopes';
import { InstallResult } from '../../../contract/packs';
import { unpackInProcess } from '../../packs/process/in-pack-process';
import { PACK_LIMITS } from '../../packs/limits';
import { installPack, type Installation } from '../../packs/storage/pack-storage';
import { packError } from '../../packs/pack-errors';
import { DomainError } from '../../base/domain-error';
import { requireForm } from '../http/form-requests';
import type { Api, ApiContext } from '../http/context';
import { disconnectSignal } from './disconnect-signal';
import { routeAfterCommit } from '../http/route';
import { namedPlugin } from '../http/named-plugin';
import { callerOptions, presentInstallResult } from './pack-installs';
import { removeTree } from '../../files/remove-tree';

const MAX_FIELDS = 16;

/**
 * `POST /packs/upload`: a gzip tar in the form field `pack`, with `force` and `skip_tests` as
 * texts, in any order.
 */
export function packUploadRoute(api: Api, context: ApiContext): void {
  // A plugin of its own: no other route accepts a form.
  void api.register(
    namedPlugin('pack-upload', async (scope) => {
      await scope.register(multipart, {
        limits: { fileSize: PACK_LIMITS.uploadBytes, fields: MAX_FIELDS, files: MAX_FIELDS },
      });
      routeAfterCommit(scope, {
        method: 'POST',
        path: '/api/v1/packs/upload',
        grant: 'packs:install',
        schema: { tags: ['packs'], consumes: ['multipart/form-data'], response: { 201: dataEnvelope(InstallResult) } },
        onRequest: requireForm,
        respond: async ({ request, reply }) => ({
          data: presentInstallResult(await installUpload(context, request, disconnectSignal(reply))),
        }),
      });
    }),
  );
}

/** Receives, unpacks and registers a pack; the uploaded files are removed in any case. */
async function installUpload(context: ApiContext, request: FastifyRequest, signal: AbortSignal): Promise<Installation> {
  const { db, packsDirectory, program } = context;
  const { tenant } = request.caller;
  const directory = join(packsDirectory, String(tenant), `.upload-${randomUUID()}`);
  const files = join(directory, 'files');
  await mkdir(files, { recursive: true });
  try {
    const archive = join(directory, 'pack.tar.gz');
    const { force, skipTests } = await receiveForm(request, archive);
    const packDirectory = await unpackInProcess(archive, files, { program, signal });
    return await installPack(db, {
      directory: packDirectory,
      force,
      installer: null,
      ...callerOptions(context, request.caller, { tests: skipTests ? null : { force }, signal }),
    });
  } finally {
    await removeTree(directory);
  }
}

/**
 * Reads the form and writes the archive to a file. BAD_REQUEST for a form that is broken, too
 * large or lacks `pack`.
 */
async function receiveForm(request: FastifyRequest, archive: string): Promise<{ force: boolean; skipTests: boolean }> {
  const fields = new Map<string, string>();
  let hasArchive = false;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') fields.set(part.fieldname, fieldText(part.value));
      else if (part.fieldname !== 'pack') part.file.resume();
      else {
        await saveArchive(part, archive);
        hasArchive = true;
      }
    }
  } catch (error) {
    throw translateFormError(error);
  }
  if (!hasArchive) throw new DomainError('BAD_REQUEST', 'the form has no file in the field pack', { path: 'pack' });
  return { force: parseFlag(fields, 'force'), skipTests: parseFlag(fields, 'skip_tests') };
}

async function saveArchive({ file }: MultipartFile, archive: string): Promise<void> {
  // 'wx' fails for a second file in the field.
  await pipeline(file, createWriteStream(archive, { flags: 'wx' }));
  if (file.truncated) throw archiveTooLarge();
}

const fieldText = (value: unknown): string => (typeof value === 'string' ? value : '');

function parseFlag(fields: ReadonlyMap<string, string>, name: string): boolean {
  const text = (fields.get(name) ?? 'false').toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  throw new DomainError('BAD_REQUEST', `${name} must be true or false`, { path: name });
}

const archiveTooLarge = () =>
  packError('PACK_LIMIT', `the archive is larger than ${PACK_LIMITS.uploadBytes} bytes`, 'pack');

/** An error of the form as the caller's; an error of the platform stays one. */
function translateFormError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === 'FST_REQ_FILE_TOO_LARGE') return archiveTooLarge();
  if (code === 'EEXIST')
    return new DomainError('BAD_REQUEST', 'the form has two files in the field pack', { path: 'pack' });
  if (syscall !== undefined) return error;
  return new DomainError('BAD_REQUEST', `the form cannot be read: ${message}`);
}
