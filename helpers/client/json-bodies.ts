import axios, { type AxiosRequestTransformer, type AxiosResponseTransformer } from 'axios';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { writeJson } from '../../contract/json-text/write-json';

/** Writes a body that is JSON; forms and bytes are left to the library. */
const writeBody: AxiosRequestTransformer = (data: unknown, headers): unknown => {
  if (!isPlain(data)) return data;
  headers.setContentType('application/json', false);
  return Buffer.from(writeJson(data));
};

const isPlain = (data: unknown): boolean =>
  Array.isArray(data) ||
  (typeof data === 'object' && data !== null && Object.getPrototypeOf(data) === Object.prototype);

/** A body that is JSON as its value, any other as its text; streams are left. */
const readBody: AxiosResponseTransformer = (data: unknown): unknown => {
  if (typeof data !== 'string' || data === '') return data;
  try {
    return parseJsonText(data);
  } catch (error) {
    if (error instanceof SyntaxError) return data;
    throw error;
  }
};

/** Integers of 64 bits are kept, which the library would round. */
export const JSON_BODIES = {
  transformRequest: [writeBody, ...[axios.defaults.transformRequest ?? []].flat()],
  transformResponse: [readBody],
};
