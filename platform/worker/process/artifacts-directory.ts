import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactsDirectory, attemptArtifactsName } from '../../base/directories';
import { createDirectoriesBelow } from '../../files/directory-below';
import type { Attempt } from '../../store/lifecycle/attempt';
import type { WorkerContext } from '../worker-context';

type ArtifactsContext = Pick<WorkerContext, 'directory'>;
type ArtifactsOfAttempt = Pick<Attempt, 'tenant' | 'execution' | 'attempt' | 'hasOwnArtifacts'>;

/** Where an attempt writes the files of artifacts: with others of its tenant, or alone. */
export function artifactsOf(attempt: ArtifactsOfAttempt, workerContext: ArtifactsContext): string {
  const shared = artifactsDirectory(workerContext, attempt);
  return attempt.hasOwnArtifacts ? join(shared, attemptArtifactsName(attempt)) : shared;
}

/** Creates it; one of its own for the owner of the shared one. */
export async function createArtifactsOf(attempt: ArtifactsOfAttempt, workerContext: ArtifactsContext): Promise<void> {
  const shared = artifactsDirectory(workerContext, attempt);
  await mkdir(shared, { recursive: true });
  if (attempt.hasOwnArtifacts) await createDirectoriesBelow(shared, attemptArtifactsName(attempt));
}
