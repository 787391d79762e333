import { resolvesToDirectory } from '../../base/host/path-checks';
import type { WorkerContext } from '../worker-context';

/** The directory of the pack's files; the platform's where the pack has none. */
export const workingDirectory = async (
  packDirectory: string | null,
  { directory }: Pick<WorkerContext, 'directory'>,
): Promise<string> =>
  packDirectory !== null && (await resolvesToDirectory(packDirectory)) ? packDirectory : directory;
