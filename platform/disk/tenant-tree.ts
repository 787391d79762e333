import { artifactsDirectory, environmentsDirectory, goCacheDirectory } from '../base/directories';
import { measureTree } from '../files/walk-tree';

/** What a file or a directory takes at least: also one without content. */
const ENTRY_BYTES = 1_024;

/** Bytes that programs and installers of a tenant keep: its artifacts and environments. */
export async function tenantFileBytes(directory: string, tenant: number): Promise<number> {
  const artifacts = await bytesBelow(artifactsDirectory({ directory }, { tenant }));
  return artifacts + (await bytesBelow(environmentsDirectory({ directory }, { tenant })));
}

/** Those of its cache of Go alone. */
export const goCacheBytes = (directory: string, tenant: number): Promise<number> =>
  bytesBelow(goCacheDirectory({ directory }, { tenant }));

async function bytesBelow(path: string): Promise<number> {
  const { bytes, files, directories } = await measureTree(path);
  return bytes + (files + directories) * ENTRY_BYTES;
}
