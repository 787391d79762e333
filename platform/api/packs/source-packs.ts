import { isAbsolute, join } from 'node:path';
import { dataEnvelope } from '../../../contract/envelopes';
import type { EnvironmentRuntime } from '../../../contract/runtimes';
import {
  AnalyzeDependencies,
  DependencyAnalysis,
  DetectedEnvironments,
  DetectEnvironments,
} from '../../../contract/source-packs';
import { packTarget } from '../../auth/authorization-targets';
import { isPublicPack } from '../../auth/pack-access';
import type { Rights } from '../../auth/rights';
import { DomainError } from '../../base/domain-error';
import {
  readManifestInProcess,
  requiredEnvironmentsInProcess,
  type PackProcessOptions,
} from '../../packs/process/in-pack-process';
import { analyzeDependencies, type SourcePack } from '../../packs/sources/analyze-dependencies';
import { resolvePackDirectory } from '../../packs/sources/pack-roots';
import type { Transaction } from '../../store/database/connection';
import { listPacks } from '../../store/packs/packs';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import { disconnectSignal } from './disconnect-signal';

const PATH = '/api/v1/packs';
const tags = ['packs'];

/**
 * What directories of the server need before they are registered. Nothing is stored or built. A
 * directory that cannot be used is an error in the result.
 */
export function sourcePacksRoutes(api: Api, context: ApiContext): void {
  const onDirectories = { method: 'POST', grant: 'packs:install' } as const;

  routeAfterCommit(api, {
    ...onDirectories,
    path: `${PATH}/dependencies`,
    schema: { tags, body: AnalyzeDependencies, response: { 200: dataEnvelope(DependencyAnalysis) } },
    load: async ({ transaction, rights }) => readableVersions(transaction, await rights()),
    respond: async ({ body, loaded, reply }) => {
      const { packs, errors } = await readSources(context, body.pack_paths, disconnectSignal(reply));
      const analysis = await analyzeDependencies(packs, loaded);
      const pathErrors = errors.map(({ path, error }) => ({ pack_path: path, error }));
      return { data: { ...analysis, errors: [...pathErrors, ...analysis.errors] } };
    },
  });

  routeAfterCommit(api, {
    ...onDirectories,
    path: `${PATH}/build-envs`,
    schema: { tags, body: DetectEnvironments, response: { 200: dataEnvelope(DetectedEnvironments) } },
    respond: async ({ body, reply }) => ({ data: await detectEnvironments(context, body, disconnectSignal(reply)) }),
  });
}

/** Version by ref of the packs that the caller may read. */
async function readableVersions(transaction: Transaction, rights: Rights): Promise<ReadonlyMap<string, string>> {
  const readable = (await listPacks(transaction)).filter(
    (pack) => isPublicPack(pack) || rights.allows('packs', 'read', packTarget(pack)),
  );
  return new Map(readable.map(({ ref, version }) => [ref, version]));
}

interface Sources {
  readonly packs: readonly SourcePack[];
  readonly errors: readonly { readonly path: string; readonly error: string }[];
}

async function readSources(
  context: ApiContext,
  paths: readonly string[],
  signal: AbortSignal,
  baseDirectory = '',
): Promise<Sources> {
  const reading = { program: context.program, signal };
  const packs: SourcePack[] = [];
  const errors: { path: string; error: string }[] = [];
  for (const path of paths) {
    try {
      const absolute = isAbsolute(path) ? path : join(baseDirectory, path);
      const directory = await resolvePackDirectory(absolute, context);
      packs.push({ path, directory, manifest: await readManifestInProcess(directory, reading) });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      errors.push({ path, error: error.message });
    }
  }
  return { packs, errors };
}

async function detectEnvironments(
  context: ApiContext,
  body: DetectEnvironments,
  signal: AbortSignal,
): Promise<DetectedEnvironments> {
  const startedAtMs = performance.now();
  const { packs, errors } = await readSources(context, body.pack_paths, signal, body.packs_base_dir ?? '');
  const skipped: Readonly<Record<EnvironmentRuntime, boolean>> = {
    python: body.skip_python ?? false,
    nodejs: body.skip_nodejs ?? false,
  };
  const detected = await Promise.all(
    packs.map((pack) => detectOne(pack, skipped, { program: context.program, signal })),
  );
  const countOf = (runtime: EnvironmentRuntime) =>
    detected.filter(({ environments }) => Object.hasOwn(environments, runtime)).length;
  return {
    built_environments: detected,
    failed_environments: errors.map(({ path, error }) => ({ pack_ref: '', pack_path: path, runtime: '', error })),
    summary: {
      total_packs: body.pack_paths.length,
      success_count: packs.length,
      failure_count: errors.length,
      python_envs_built: countOf('python'),
      nodejs_envs_built: countOf('nodejs'),
      total_duration_ms: Math.round(performance.now() - startedAtMs),
    },
  };
}

/** A worker builds them when the pack is registered. */
async function detectOne(
  { path, directory, manifest: { ref } }: SourcePack,
  skipped: Readonly<Record<EnvironmentRuntime, boolean>>,
  reading: PackProcessOptions,
): Promise<DetectedEnvironments['built_environments'][number]> {
  const startedAtMs = performance.now();
  const required = [...(await requiredEnvironmentsInProcess(directory, reading))].filter(
    ([runtime]) => !skipped[runtime],
  );
  const environments = required.map(([runtime, hash]) => [runtime, { content_hash: hash }] as const);
  return {
    pack_ref: ref,
    pack_path: path,
    environments: Object.fromEntries(environments),
    duration_ms: Math.round(performance.now() - startedAtMs),
  };
}
