import type { Execution } from '../../../contract/executions';
import { isObject, type JsonObject } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Context } from '../context';
import { childOf } from './workflow-runs';
import type { Task, Transition } from './workflow-task';

/** A task whose process returns its input in base64: exactly what it received. */
export const encodeTask = (
  ctx: Pick<Context, 'action'>,
  name: string,
  input: JsonObject,
  ...next: Transition[]
): Task => ({ name, action: ctx.action('encode-stdin-json'), input, next });

/** What the process of an `encode-…` action received. Throws if the result contains none. */
export function receivedText({ id, result }: Pick<Execution, 'id' | 'result'>): string {
  const stdout = isObject(result) ? result.stdout : undefined;
  if (typeof stdout === 'string') return decode(stdout);
  throw new Error(`the result of execution ${id} contains no stdout: ${writeJson(result)}`);
}

export const receivedJson = (execution: Pick<Execution, 'id' | 'result'>): unknown =>
  parseJsonText(receivedText(execution));

/** The parameters that the process of a workflow's one task of this name received. */
export const receivedByTask = async (ctx: Context, root: number, task: string): Promise<unknown> =>
  receivedJson(await childOf(ctx, root, task));

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
