import { createInterface } from 'node:readline';
import { DomainError } from '../../base/domain-error';
import type { EnvironmentRuntime } from '../../../contract/runtimes';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { requiredEnvironments } from '../dependency-manifests';
import { readManifest, type PackManifest } from '../read/manifest';
import { readPack, type PackFiles } from '../read/pack';
import { readWorkflowFiles, type WorkflowFileResult } from '../read/workflow-files';
import { unpackArchive } from '../sources/archive';

/**
 * One line of stdin: an archive, and the empty directory for its files; or the directory of a
 * pack, of which all is read, its manifest alone, its dependency manifests, or its workflows.
 */
export type PackRequest =
  | { readonly kind: 'unpack'; readonly archive: string; readonly into: string }
  | { readonly kind: 'pack' | 'manifest' | 'environments'; readonly directory: string }
  | { readonly kind: 'workflows'; readonly directory: string; readonly pack: string };

/** By the kind of the request. Of an archive: the pack's root. */
export interface PackResults {
  readonly unpack: string;
  readonly pack: PackFiles;
  readonly manifest: PackManifest;
  readonly environments: readonly (readonly [EnvironmentRuntime, string])[];
  readonly workflows: WorkflowFileResult[];
}

/** The result, or why the archive or the pack is rejected. */
type PackOutcome =
  | { readonly result: PackResults[PackRequest['kind']] }
  | { readonly rejected: Pick<DomainError, 'code' | 'message' | 'details'> };

/** One line of stdout. `usedMs`: processor time of the process until now. */
export type PackReply = PackOutcome & { readonly usedMs: number };

/**
 * The process that unpacks archives and reads packs, one after the other, until stdin ends. A
 * fault of the host ends it with a text on stderr. `afterFirst`: called when the first request is
 * done.
 */
export async function packProgram(afterFirst: () => void): Promise<void> {
  let isFirst = true;
  for await (const line of createInterface({ input: process.stdin })) {
    const outcome = await outcomeOf(parseJsonText(line) as PackRequest);
    const { user, system } = process.cpuUsage();
    const reply: PackReply = { ...outcome, usedMs: (user + system) / 1_000 };
    process.stdout.write(`${writeJson(reply)}\n`);
    if (isFirst) afterFirst();
    isFirst = false;
  }
}

async function outcomeOf(request: PackRequest): Promise<PackOutcome> {
  try {
    return { result: await resultOf(request) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, message, details } = error;
    return { rejected: { code, message, ...(details !== undefined && { details }) } };
  }
}

async function resultOf(request: PackRequest): Promise<PackResults[PackRequest['kind']]> {
  switch (request.kind) {
    case 'unpack':
      return unpackArchive(request.archive, request.into);
    case 'pack':
      return readPack(request.directory);
    case 'manifest':
      return readManifest(request.directory);
    case 'environments':
      return [...(await requiredEnvironments(request.directory))];
    case 'workflows':
      return readWorkflowFiles(request.directory, request.pack);
  }
}
