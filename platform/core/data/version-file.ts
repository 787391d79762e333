import type { ArtifactType } from '../../../contract/artifacts';

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/gzip': 'gz',
  'application/json': 'json',
  'application/pdf': 'pdf',
  'application/vnd.apache.parquet': 'parquet',
  'application/x-ndjson': 'jsonl',
  'application/xml': 'xml',
  'application/yaml': 'yaml',
  'application/zip': 'zip',
  'image/gif': 'gif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/svg+xml': 'svg',
  'image/webp': 'webp',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
};

/** Of a version without a content type. */
const TYPE_EXTENSIONS: Partial<Record<ArtifactType, string>> = {
  file_datatable: 'csv',
  file_image: 'png',
  file_text: 'txt',
};

/** The extension of a version's file name, without a dot. */
export const fileExtension = (type: ArtifactType, contentType: string | null): string =>
  contentType === null ? (TYPE_EXTENSIONS[type] ?? 'bin') : (EXTENSIONS[essence(contentType)] ?? 'bin');

const essence = (contentType: string): string => contentType.split(';', 1)[0]!.trim().toLowerCase();

/** Bytes of a name that common file systems accept. */
const MAX_NAME_BYTES = 255;

/**
 * The path of a version's file below the artifacts directory: `demo.report` →
 * `demo/report/v1.txt`. Null for a ref whose path would be that of another ref, or would leave the
 * directory: one with a slash, an empty part, or a part that is too long for a file name.
 */
export function versionFilePath(ref: string, version: number, extension: string): string | null {
  const parts = ref.split('.');
  const isName = (part: string) => part !== '' && !/[/\0]/.test(part) && Buffer.byteLength(part) <= MAX_NAME_BYTES;
  return parts.every(isName) ? [...parts, `v${version}.${extension}`].join('/') : null;
}
