import { isAbsolute, relative } from 'node:path';
import type { FailureRecord } from '../scenario/failure-records';
import type { ClaimModel, FailureModel } from './run-model';
import { seenText } from './seen-text';
import { rerunCommand } from './test-name';
import { treeModel } from './tree-model';

export type FailedTest = Pick<ClaimModel, 'id' | 'title' | 'tier' | 'file'>;

/** Why a test failed. */
export function failureModel(record: FailureRecord, test: FailedTest, root: string): FailureModel {
  const { error, frames, requests, deciding, logged, host, limitMs, executions } = record;
  return {
    summary: seenText(error),
    error,
    at: frames.map((frame) => placeOf(frame, root)).find((place) => place?.startsWith(`${test.file}:`)) ?? null,
    frames: frames.map((frame) => frame.trim()),
    rerun: rerunCommand(test),
    requests,
    ...(deciding && { deciding }),
    logged,
    host,
    limitSeconds: limitMs === undefined ? null : limitMs / 1_000,
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
