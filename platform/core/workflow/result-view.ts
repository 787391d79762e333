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
  const value = text.trimStart().startsWith('{') ? parsePrinted(text) : null;
  return isObject(value) ? value : {};
}

/** Null for a text that is not JSON: it is only text. */
function parsePrinted(text: string): Json {
  try {
    return parseJsonText(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * A result whose stdout is the text of an object, or a list, that holds what its action declares
 * secret: the value is its `data`, as the parts of a text cannot be sealed.
 */
export function withSecretOutput(result: JsonObject, declared: Taint): JsonObject {
  const { data, stdout } = result;
  if (declared === null || (data ?? null) !== null || typeof stdout !== 'string' || !/^\s*[[{]/.test(stdout))
    return result;
  const printed = parsePrinted(stdout);
  const values = Array.isArray(printed) ? printed : [printed];
  if (printed === null || !values.some((value) => hasDeclared(value, declared))) return result;
  return { ...Object.fromEntries(Object.entries(result).filter(([key]) => key !== 'stdout')), data: printed };
}

/** Whether a value, as it was printed, has something that is declared secret of it. */
const hasDeclared = (value: Json, declared: Taint): boolean =>
  declared === true || (isObject(value) && Object.keys(value).some((key) => holdsSecret(memberTaint(declared, key))));

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
