import type { Json } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';

/**
 * The bytes that a download of a JSON version answers: a text of a text type is sent as it is,
 * anything else as JSON.
 */
export const contentBytes = (content: Json, contentType: string): Buffer =>
  Buffer.from(typeof content === 'string' && contentType.startsWith('text/') ? content : writeJson(content));
