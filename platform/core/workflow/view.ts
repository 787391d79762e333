import { isObject, type Json, type JsonObject } from '../../../contract/json';
import type { ChildEnded } from './types';

/**
 * What `result()` and `task.x` show of a stored result: its own keys, then those of `data`, or of a stdout that is the
 * text of a JSON object; a key that is there already wins. Results that are no objects show as they are.
 * A cancelled child shows `cancelled: true`.
 */
export function resultView(result: Json, status: ChildEnded['status']): Json {
  const shown = isObject(result) ? { ...inner(result), ...result } : result;
  if (status !== 'cancelled') return shown;
  return { ...(isObject(shown) ? shown : {}), cancelled: true };
}

function inner(result: JsonObject): JsonObject {
  const { data, stdout } = result;
  if (isObject(data)) return data;
  return (data ?? null) === null && typeof stdout === 'string' ? objectIn(stdout) : {};
}

function objectIn(text: string): JsonObject {
  if (!text.trimStart().startsWith('{')) return {};
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : {};
  } catch (error) {
    // Text that is not JSON is only text.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
