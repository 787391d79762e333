import type { ProcessExit } from '../../outcomes/program-exit';
import { runProcess } from '../process/run-process';
import type { ContainerProgram } from './container-program';
import { removeContainer } from './engine';

/**
 * Runs a container to its end: then it does not exist any more. The engine removes it itself,
 * except where its program was killed. Throws as `runProcess`, and where it cannot be removed.
 */
export async function runContainer(program: ContainerProgram): Promise<ProcessExit> {
  let hasExited = false;
  try {
    const exit = await runProcess(program);
    hasExited = exit.cause === 'exited';
    return exit;
  } finally {
    if (!hasExited) await removeContainer(program.engine, program.container);
  }
}
