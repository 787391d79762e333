import type { Json } from '../../../contract/json';

/** The JSON of a manifest; null where it is invalid. */
export function parseManifest(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
