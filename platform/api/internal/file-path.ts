import { PlainTextError } from '../http/errors';

/** What a name may have in a directory of Linux, bytes. */
const MAX_SEGMENT_BYTES = 255;
const MAX_PATH_BYTES = 1_024;

/** A path below a directory, as it was decoded. 400 for one that may lead elsewhere. */
export function requireFilePath(path: string): string {
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
