import { isExecutable } from '../../base/host/path-checks';
import { BUILT_IN_PREFIX } from '../../outcomes/built-in-actions';
import { codedFailure } from '../../outcomes/start-failure';
import { builtInPlan } from './built-in-actions';
import { httpRequestPlan } from './http-request-plan';
import { resolvePackFile } from './pack-file';
import { NotRunnable, type ProgramRuntime } from './runtime';

const HTTP_REQUEST_ENTRYPOINT = 'builtin:http_request';

/** Executable files of packs, and the actions that the worker runs itself: `builtin:<name>`. */
export const nativeRuntime: ProgramRuntime = {
  name: 'native',
  detectVersion: () => Promise.resolve(process.version.slice(1)),
  plan: async ({ attempt, workerContext }) => {
    if (attempt.entrypoint === HTTP_REQUEST_ENTRYPOINT) return httpRequestPlan(workerContext);
    if (attempt.entrypoint.startsWith(BUILT_IN_PREFIX)) {
      return builtInPlan(attempt.entrypoint.slice(BUILT_IN_PREFIX.length), attempt.parameters);
    }
    const path = await resolvePackFile(attempt);
    if (!(await isExecutable(path))) {
      throw new NotRunnable(
        codedFailure('ACTION_NOT_EXECUTABLE', attempt.entrypoint, 'it is not executable: chmod +x'),
      );
    }
    return { kind: 'program', command: path, args: [], variables: {}, input: 'parameters' };
  },
};
