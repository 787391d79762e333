import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { Type, type Static } from '@sinclair/typebox';
import type { ErrorObject } from 'ajv';
import type { FastifyRequest } from 'fastify';
import { NewFileByRef } from '../../../contract/artifact-requests';
import { JsonTextError, parseJson } from '../../core/data/parse-json';
import { DomainError } from '../../base/domain-error';
import { MAX_BODY_BYTES } from '../http/bodies';
import { compileRequestValidator, translateValidationErrors } from '../http/validation';

/** A form may have the fields of a version, and of the artifact that it creates, as texts. */
export interface UploadForm extends Static<typeof NewFileByRef> {
  readonly file: Buffer;
}

/** Names the fields: `readUploadForm` has validated them. */
export const FormSchema = Type.Unsafe<UploadForm>({
  properties: Object.fromEntries(['file', ...Object.keys(NewFileByRef.properties)].map((name) => [name, {}])),
});

export const UPLOAD_LIMITS = { fileSize: MAX_BODY_BYTES, fieldSize: MAX_BODY_BYTES, fields: 16, files: 2 } as const;

/**
 * Reads a form with one file in the field `file`; the order of the fields does not matter, others
 * are ignored, and an empty text is the same as no field. BAD_REQUEST for one that is broken, too
 * large, lacks the file, has two, or has an invalid field; VALIDATION_ERROR for a NUL character.
 */
export async function readUploadForm(request: FastifyRequest): Promise<UploadForm> {
  const files: { readonly bytes: Buffer; readonly type: string }[] = [];
  const fields = new Map<string, string>();
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') fields.set(part.fieldname, fieldText(part, fields));
      else if (part.fieldname === 'file') files.push(await readFile(part));
      else part.file.resume();
    }
  } catch (error) {
    throw translateFormError(error);
  }
  const [file, another] = files;
  if (!file || another) {
    const found = file ? 'two files' : 'no file';
    throw new DomainError('BAD_REQUEST', `the form has ${found} in the field file: give one`, { path: 'file' });
  }
  const given = parseFields(new Map([...fields].filter(([, text]) => text !== '')));
  return { ...given, content_type: given.content_type ?? file.type, file: file.bytes };
}

async function readFile(part: MultipartFile): Promise<{ readonly bytes: Buffer; readonly type: string }> {
  const bytes = await part.toBuffer();
  return { bytes, type: part.mimetype };
}

function fieldText({ fieldname, value, valueTruncated }: MultipartValue, known: ReadonlyMap<string, string>): string {
  const text = typeof value === 'string' ? value : '';
  const total = [...known.values()].reduce((sum, other) => sum + other.length, text.length);
  if (valueTruncated || total > MAX_BODY_BYTES)
    throw new DomainError('BAD_REQUEST', `the fields are larger than ${MAX_BODY_BYTES} bytes`, { path: fieldname });
  if (`${fieldname}${text}`.includes('\0')) {
    throw new DomainError('VALIDATION_ERROR', `${fieldname.replaceAll('\0', '')} holds a NUL character: leave it out`, {
      reason: 'NUL',
      path: fieldname.replaceAll('\0', ''),
    });
  }
  return text;
}

const validate = compileRequestValidator(NewFileByRef, 'form');

/** The fields of the schema, as its types. */
function parseFields(texts: ReadonlyMap<string, string>): Static<typeof NewFileByRef> {
  const known = [...texts].filter(([name]) => Object.hasOwn(NewFileByRef.properties, name) && name !== 'meta');
  const meta = texts.get('meta');
  const result = validate(Object.fromEntries(known));
  if ('error' in result) {
    const { message } = translateValidationErrors(result.error as ErrorObject[], 'form');
    throw new DomainError('BAD_REQUEST', message, { path: known.map(([name]) => name).join(', ') });
  }
  return { ...(result.value as Static<typeof NewFileByRef>), ...(meta !== undefined && { meta: parseMeta(meta) }) };
}

function parseMeta(text: string) {
  try {
    const { value, nulPointer } = parseJson(Buffer.from(text));
    if (nulPointer === null) return value;
    throw new DomainError('VALIDATION_ERROR', `meta${nulPointer} holds a NUL character: leave it out`, {
      reason: 'NUL',
      path: `meta${nulPointer}`,
    });
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new DomainError('BAD_REQUEST', `meta cannot be read: ${error.message}`, { path: 'meta' });
  }
}

/** An error of the form as the caller's. */
function translateFormError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'FST_REQ_FILE_TOO_LARGE')
    return new DomainError('BAD_REQUEST', `the file is larger than ${MAX_BODY_BYTES} bytes`, { path: 'file' });
  return new DomainError('BAD_REQUEST', `the form cannot be read: ${message}`);
}
