import { randomBytes } from 'node:crypto';

/** Names of one run. */
export interface RunNames {
  /** Eight hexadecimal digits. */
  readonly id: string;
  /** Of its directory, its project and its reserved ports: `greeter-1f2e3d4c`. */
  readonly name: string;
  /** NAME=VALUE in the environment of each of its processes; a run within it keeps it. */
  readonly mark: string;
  /** The same for the test command and its children. */
  readonly testMark: string;
}

/** Names that no other run has. */
export function newRun(slug: string): RunNames {
  const id = randomBytes(4).toString('hex');
  return {
    id,
    name: `${slug}-${id}`,
    mark: `TUNINGFORK_SANDBOX_${id}=run`,
    testMark: `TUNINGFORK_SANDBOX_${id}_TEST=run`,
  };
}
