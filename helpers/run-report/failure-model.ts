import { isAbsolute, relative } from 'node:path';
import type { FailureRecord } from '../scenario/failure-records';
import type { ClaimModel, FailureModel } from './run-model';
import { rerunCommand } from './test-name';
import { treeModel } from './tree-model';

export type FailedTest = Pick<ClaimModel, 'id' | 'title' | 'tier' | 'file'>;

/** Why a test failed. */
export function failureModel(record: FailureRecord, test: FailedTest, root: string): FailureModel {
  const { error, frames, requests, logged, host, executions } = record;
  return {
    summary: error.split('\n', 1)[0]!,
    error,
    at: frames.map((frame) => placeOf(frame, root)).find((place) => place?.startsWith(`${test.file}:`)) ?? null,
    frames: frames.map((frame) => frame.trim()),
    rerun: rerunCommand(test),
    requests,
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
