import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { holdsSecret, memberTaint, mergeTaints, taintFromMembers, type Taint } from '../secrets/taint';
import type { ChildEnded } from './types';

/**
 * What `result()` and `task.x` show of a stored result: its own keys, then those of `data`, or of
 * a stdout that is the text of a JSON object; a key that is there already wins. Results that are
 * no objects show as they are. A cancelled child shows `cancelled: true`.
 */
export function resultView(result: Json, status: ChildEnded['status']): Json {
  const view = isObject(result) ? { ...outputKeys(result), ...result } : result;
  if (status !== 'cancelled') return view;
  return { ...(isObject(view) ? view : {}), cancelled: true };
}

function outputKeys(result: JsonObject): JsonObject {
  const { data, stdout } = result;
  if (isObject(data)) return data;
  return (data ?? null) === null && typeof stdout === 'string' ? parseObject(stdout) : {};
}

function parseObject(text: string): JsonObject {
  if (!text.trimStart().startsWith('{')) return {};
  try {
    const value = parseJsonText(text) as Json;
    return isObject(value) ? value : {};
  } catch (error) {
    // Text that is not JSON is only text.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/**
 * A result whose stdout is the text of an object with a member that its action declares secret:
 * the object is its `data`, as the parts of a text cannot be sealed.
 */
export function withSecretOutput(result: JsonObject, declared: Taint): JsonObject {
  if (declared === null || isObject(result.data)) return result;
  const printed = outputKeys(result);
  const isSecret = Object.keys(printed).some((key) => holdsSecret(memberTaint(declared, key)));
  if (!isSecret) return result;
  return { ...Object.fromEntries(Object.entries(result).filter(([key]) => key !== 'stdout')), data: printed };
}

/** The taint of a result with this output, of which the action declares parts secret. */
export const secretOutputTaint = ({ data }: JsonObject, declared: Taint): Taint =>
  taintFromMembers([
    ['data', Array.isArray(data) ? taintFromMembers(data.map((_, index) => [index, declared])) : declared],
  ]);

/**
 * The taint of a result view: that of the stored result, and of `data` where its keys show beside
 * the others.
 */
export function resultViewTaint(result: Json, taint: Taint): Taint {
  if (taint === null || typeof taint !== 'object' || !isObject(result)) return taint;
  const { data } = result;
  const shownKeys = isObject(data) ? Object.keys(data).filter((key) => !Object.hasOwn(result, key)) : [];
  const dataTaint = memberTaint(taint, 'data');
  return mergeTaints(taint, taintFromMembers(shownKeys.map((key) => [key, memberTaint(dataTaint, key)])));
}
