import { relative } from 'node:path';
import { errorMessage } from '../../base/error-details';
import { PACK_IN_CONTAINER } from './container-program';
import { findImage, inspectEngine } from './engine';
import { scriptFile } from './pack-file';
import { NotRunnable, type ProgramRuntime } from './runtime';
import { writeJson } from '../../../contract/json-text/write-json';

/** An option of the engine begins with a hyphen. */
const IMAGE = /^[A-Za-z0-9][\w./:@-]*$/;

/**
 * Scripts run by the shell of an image: files of packs, and the text of actions made through the
 * API. The parameter `image` names one that is present on this host.
 */
export const containerRuntime: ProgramRuntime = {
  name: 'container',
  detectVersion: async (containers) => (containers === null ? null : inspectEngine(containers).catch(() => null)),
  plan: async ({ attempt, workerContext: { containers } }) => {
    if (containers === null) throw new NotRunnable('this worker runs no containers: set PLATFORM_CONTAINER_ENGINE');
    const { image = containers.image } = attempt.parameters;
    if (typeof image !== 'string' || !IMAGE.test(image))
      throw new NotRunnable(`the parameter image is no name of an image: ${writeJson(image)}`);
    await findImage(containers.engine, image).catch((error: unknown) => {
      throw new NotRunnable(`image "${image}" is not present on this host: ${errorMessage(error)}`);
    });
    const file = await scriptFile(attempt);
    const script =
      file === null ? ['-c', attempt.entrypoint] : [`${PACK_IN_CONTAINER}/${relative(attempt.packDirectory!, file)}`];
    return { kind: 'container', host: containers, image, args: script };
  },
};
