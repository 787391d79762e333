import { isAbsolute, relative } from 'node:path';
import type { FailureRecord } from '../scenario/failure-records';
import type { FailureModel } from './run-model';
import { treeModel } from './tree-model';

/** A failed test of `file`, a path below the root. */
export function failureModel(record: FailureRecord, file: string, root: string): FailureModel {
  const { id, error, frames, requests, logged, host, executions } = record;
  return {
    summary: error.split('\n', 1)[0]!,
    error,
    at: frames.map((frame) => placeOf(frame, root)).find((place) => place?.startsWith(`${file}:`)) ?? null,
    frames: frames.map((frame) => frame.trim()),
    rerun: `npx jest ${file} -t '${id} '`,
    requests: requests.split('\n'),
    logged,
    host,
    executions: executions.map(treeModel),
  };
}

/** `tests/e2e/…:12:3` of a line of a stack; null without a place below the root. */
function placeOf(frame: string, root: string): string | null {
  const [, path = '', position = ''] = /\(?([^()\s]+):(\d+:\d+)\)?$/.exec(frame) ?? [];
  if (!isAbsolute(path)) return null;
  const below = relative(root, path).replaceAll('\\', '/');
  return below.startsWith('..') ? null : `${below}:${position}`;
}
