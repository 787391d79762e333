import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import type { StreamName } from '../../contract/executions';
import type { EnvironmentRuntime } from '../../contract/runtimes';
import type { SensorStream } from '../../contract/sensors';

/** The platform's own directory, absolute; the functions of this file name the paths below it. */
interface PlatformDirectory {
  readonly directory: string;
}

interface TenantId {
  readonly tenant: number;
}

/** Files of the packs of all tenants. */
export const packsDirectory = ({ directory }: PlatformDirectory): string => join(directory, 'packs');

/** One directory for all executions of a tenant, for files that outlive an attempt. */
export const artifactsDirectory = ({ directory }: PlatformDirectory, { tenant }: TenantId): string =>
  join(allArtifactsDirectory({ directory }), String(tenant));

/** Parent of those of all tenants. */
export const allArtifactsDirectory = ({ directory }: PlatformDirectory): string => join(directory, 'artifacts');

/** Its name in that directory, where an attempt has one of its own. */
export const attemptArtifactsName = ({
  execution,
  attempt,
}: {
  readonly execution: number;
  readonly attempt: number;
}) => `${execution}.${attempt}`;

/** Bodies that the API of this instance is receiving, on the disk that they are moved on. */
export const receivedFilesDirectory = (root: PlatformDirectory, instance: string): string =>
  join(allReceivedFilesDirectory(root), instance);

/** Parent of those of all instances. No tenant has this name, and no program can write there. */
export const allReceivedFilesDirectory = ({ directory }: PlatformDirectory): string =>
  join(allArtifactsDirectory({ directory }), '.received');

/** Parent of all tenants' environments. */
export const allEnvironmentsDirectory = ({ directory }: PlatformDirectory): string => join(directory, 'environments');

export const environmentsDirectory = (root: PlatformDirectory, { tenant }: TenantId): string =>
  join(allEnvironmentsDirectory(root), String(tenant));

/** The cache that programs in Go of a tenant share. */
export const goCacheDirectory = (root: PlatformDirectory, tenant: TenantId): string =>
  join(environmentsDirectory(root, tenant), '.go');

/** The environments of one pack for one runtime. */
export const packEnvironmentsDirectory = (
  root: PlatformDirectory,
  pack: TenantId & { readonly packRef: string },
  runtime: EnvironmentRuntime,
): string => join(environmentsDirectory(root, pack), refAsFileName(pack.packRef), runtime);

/** No pack has such a ref. */
export const testEnvironmentsRef = ({ id }: { readonly id: number }): string => `${TEST_ENVIRONMENTS_PREFIX}${id}`;
const TEST_ENVIRONMENTS_PREFIX = 'pack-test.';

/** The environments for tests of files that are not registered, by the id of their request. */
export const testEnvironmentsDirectory = (root: PlatformDirectory, test: TenantId & { readonly id: number }): string =>
  join(environmentsDirectory(root, test), refAsFileName(testEnvironmentsRef(test)));

/** Whether this is the name of such a directory. */
export const isTestEnvironments = (name: string): boolean => name.startsWith(refAsFileName(TEST_ENVIRONMENTS_PREFIX));

/**
 * A virtual environment whose pip installs into all others; `interpreterHash` identifies its
 * Python.
 */
export const sharedPipDirectory = (root: PlatformDirectory, interpreterHash: string): string =>
  join(allEnvironmentsDirectory(root), `.pip-${interpreterHash}`);

/** Parent of all tenants' log directories. */
export const allLogsDirectory = ({ directory }: PlatformDirectory): string => join(directory, 'logs');

export const logsDirectory = (root: PlatformDirectory, { tenant }: TenantId): string =>
  join(allLogsDirectory(root), String(tenant));

/** File of an attempt's stream, readable by the platform only. */
export const streamLogPath = (
  root: PlatformDirectory,
  attempt: TenantId & { readonly execution: number; readonly attempt: number },
  stream: StreamName,
): string => join(logsDirectory(root, attempt), `${attempt.execution}.${attempt.attempt}.${stream}.log`);

/** Current log file of a sensor's stream; the previous file is beside it with the suffix `.1`. */
export const sensorLogPath = (
  root: PlatformDirectory,
  sensor: TenantId & { readonly ref: string },
  stream: SensorStream,
): string => join(logsDirectory(root, sensor), 'sensors', `${refAsFileName(sensor.ref)}.${stream}.log`);

/** Parent of all workers' temporary directories. */
export const temporaryDirectory = ({ directory }: PlatformDirectory): string => join(directory, 'tmp');

/** Temporary files of one worker, removed when the worker restarts. */
export const workerTemporaryDirectory = (root: PlatformDirectory & { readonly worker: string }): string =>
  join(temporaryDirectory(root), root.worker);

/**
 * Unique for each ref: refs are lower case, and other characters are escaped by their code point.
 */
const refAsFileName = (ref: string): string =>
  ref.replace(/[^\w-]/g, (character) => `%${character.codePointAt(0)!.toString(16)}`);

/**
 * The project's root, which contains the schema and the core pack. Throws outside a project.
 */
export function projectRoot(from: string = __dirname): string {
  if (existsSync(join(from, 'platform', 'store', 'schema'))) return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Error(`${__dirname} is not inside a tuningfork project: platform/store/schema not found`);
  return projectRoot(parent);
}

/**
 * Where the packages of the project are: in it, and beside it where it is itself an installed
 * package. Not each of them exists.
 */
export const packageDirectories = (root: string): string[] => [
  join(root, 'node_modules'),
  ...(basename(dirname(root)) === 'node_modules' ? [dirname(root)] : []),
];

/** The value of NODE_PATH with which a program outside the project finds these packages. */
export const packageSearchPath = (root: string): string => packageDirectories(root).join(delimiter);

/** The root of the project whose packages the search path names. */
export const searchPathRoot = (searchPath: string): string => dirname(searchPath.split(delimiter)[0]!);
