import { isAbsolute, relative } from 'node:path';
import type { FailureRecord } from '../scenario/failure-records';
import type { ClaimModel, FailureModel } from './run-model';
import { differencesText, seenText } from './seen-text';
import { rerunCommand } from './test-name';
import { treeModel } from './tree-model';

export type FailedTest = Pick<ClaimModel, 'id' | 'title' | 'tier' | 'file'>;

interface FailureParts {
  readonly root: string;
  /** Of the run, as `runSettings` writes them. */
  readonly settings: string | undefined;
  /** Places in the sources of the platform that decide what the test proves. */
  readonly candidates: readonly string[] | undefined;
}

/** Why a test failed. */
export function failureModel(
  record: FailureRecord,
  test: FailedTest,
  { root, settings = '', candidates = [] }: FailureParts,
): FailureModel {
  const { error, frames, differences, requests, deciding, rules, logged, host, limitMs, executions } = record;
  return {
    summary: differences ? differencesText(differences) : seenText(error),
    error,
    at: frames.map((frame) => placeOf(frame, root)).find((place) => place?.startsWith(`${test.file}:`)) ?? null,
    frames: frames.map((frame) => frame.trim()),
    rerun: rerunCommand(test, settings),
    ...(candidates.length > 0 && { candidates: [...candidates] }),
    requests,
    ...(deciding && { deciding }),
    ...(rules && { rules }),
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
