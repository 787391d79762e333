import type { Logger } from 'pino';
import { manifestsOf } from '../../packs/dependency-manifests';
import { claimEnvironment, type EnvironmentRequest } from '../../store/environments';
import type { Database } from '../../store/database';
import { pythonInterpreter } from '../runtimes/python';
import type { Surroundings } from '../surroundings';
import { nodeRecipe } from './node-recipe';
import { pythonRecipe } from './python-recipe';
import type { Needed, Recipe } from './recipe';
import type { Report } from './report';
import { built } from './shared-builds';

/** The environments that are to be built though no execution waits for them: after a registration, or on request. */
export interface EnvironmentRequests {
  /** There may be one. */
  look(): void;
  /** Takes no more, and gives up the one at hand when `stop` aborts. */
  done(): Promise<void>;
}

export interface RequestsOptions {
  readonly db: Database;
  readonly surroundings: Surroundings;
  readonly report: Report;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

export function openEnvironmentRequests(options: RequestsOptions): EnvironmentRequests {
  let mayBeMore = false;
  let working: Promise<void> | null = null;

  const work = async () => {
    while (mayBeMore && !options.stop.aborted) {
      mayBeMore = false;
      try {
        for (let next = await take(); next !== null; next = await take()) await see(next, options);
      } catch (error) {
        options.log.warn({ err: error }, 'could not see to the environments'); // the next look tries again
      }
    }
  };
  const take = async () => (options.stop.aborted ? null : claimEnvironment(options.db));

  return {
    look: () => {
      mayBeMore = true;
      working ??= work().finally(() => (working = null));
    },
    done: () => working ?? Promise.resolve(),
  };
}

async function see(request: EnvironmentRequest, { surroundings, report, stop }: RequestsOptions): Promise<void> {
  const { anew, runtime, ...pack } = request;
  const needed: Needed = { pack, surroundings };
  const recipe = await recipeFor(needed, runtime);
  if (recipe !== null) await built({ needed, recipe, report, note: null, stop, anew });
  else {
    const log = 'python3 is not available on this worker';
    const record = { ...pack, runtime, contentHash: '', status: 'failed', sizeBytes: null } as const;
    await report({ ...record, log, failing: null, superseded: [] });
  }
}

async function recipeFor(needed: Needed, runtime: EnvironmentRequest['runtime']): Promise<Recipe | null> {
  const manifests = await manifestsOf(needed.pack.packDirectory, runtime);
  if (runtime === 'nodejs') return nodeRecipe(needed, manifests);
  const interpreter = await pythonInterpreter();
  return interpreter === null ? null : pythonRecipe(needed, manifests, interpreter);
}
