import type { Faults } from '../fault';

const PROGRAM = 'worker/runtimes/container-program.ts';
const RUNTIME = 'worker/runtimes/container.ts';

/** Faults of the runtime whose scripts run in containers. */
export const CONTAINER_FAULTS: Faults = {
  F1715: {
    promise: 'a container is removed when its script has ended',
    file: PROGRAM,
    within: 'buildContainer',
    find: `'--rm'`,
    replace: `'--init=false'`,
    claims: ['T3.17a'],
  },
  F1716: {
    promise: 'a container gets its parameters on standard input only',
    file: PROGRAM,
    within: 'buildContainer',
    find: 'containerEnvironment(attempt, workerContext, process.env)',
    replace: `{
      ...containerEnvironment(attempt, workerContext, process.env),
      ATTUNE_PARAMETERS: writeJson(attempt.parameters),
    }`,
    claims: ['T3.17b'],
  },
  F1717: {
    promise: 'a container sees no directory of its host but that of its pack',
    file: PROGRAM,
    within: 'buildContainer',
    find: '...(await packMount(attempt))',
    replace: '...(await packMount(attempt)), `--volume=${workerContext.directory}:${workerContext.directory}`',
    claims: ['T3.17c'],
  },
  F1718: {
    promise: 'a container ends at its limit',
    file: 'worker/runtimes/run-container.ts',
    within: 'runContainer',
    find: 'runProcess(program)',
    replace: 'runProcess({ ...program, stop: new AbortController().signal })',
    claims: ['T3.17d'],
  },
  F1719: {
    promise: 'an action whose image is absent fails with the name of the image',
    file: RUNTIME,
    within: 'containerRuntime',
    find: 'findImage(containers.engine, image)',
    replace: 'Promise.resolve()',
    claims: ['S1-71'],
  },
  F1720: {
    promise: 'a script in a container is not the user root',
    file: PROGRAM,
    within: 'confinement',
    find: '`--user=${uid}:${gid}`',
    replace: '`--user=${uid! * 0}:${gid! * 0}`',
    claims: ['S1-68'],
  },
  F1722: {
    promise: 'variables of a request do not reach the program of the engine',
    file: PROGRAM,
    within: 'buildContainer',
    find: '{ ...passed, ...engineEnvironment(), ...marks }',
    replace: '{ ...variables, ...passed, ...engineEnvironment(), ...marks }',
    claims: ['S1-68'],
  },
  F1723: {
    promise: 'a script in a container starts in the directory of its pack',
    file: PROGRAM,
    within: 'packMount',
    find: '`--workdir=${PACK_IN_CONTAINER}`',
    replace: '`--workdir=/`',
    claims: ['S1-69'],
  },
  F1724: {
    promise: 'a container of a killed platform is found and ended',
    file: PROGRAM,
    within: 'buildContainer',
    find: '[...Object.keys(marks), ...Object.keys(passed)]',
    replace: 'Object.keys(passed)',
    claims: ['S1-70'],
  },
  F1726: {
    promise: 'a platform whose engine does not answer does not start',
    file: 'worker/runtimes/engine.ts',
    within: 'requireEngine',
    find: 'if (containers === null) return;',
    replace: 'return;',
    claims: ['S1-71'],
  },
};
