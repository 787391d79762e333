import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT_ARCHITECTURES, type AgentArchitecture, type AgentInfo } from '../../../contract/agent-programs';
import { ignoreCodes } from '../../base/error-details';
import { asRegular, type RegularFile } from '../../files/regular-file';
import type { AgentPrograms } from '../../base/settings/paired';

type Architectures = AgentInfo['architectures'];

/** Every architecture, with the size of its program. */
export const listPrograms = (programs: AgentPrograms): Promise<Architectures> =>
  Promise.all(AGENT_ARCHITECTURES.map((arch) => describeProgram(programs, arch)));

async function describeProgram(programs: AgentPrograms, arch: AgentArchitecture): Promise<Architectures[number]> {
  const program = await openProgram(programs, arch);
  await program?.file.close();
  return { arch, size_bytes: program?.size ?? 0, available: program !== null };
}

/** Null: there is no program for this architecture. The caller closes the file. */
export async function openProgram({ directory }: AgentPrograms, arch: AgentArchitecture): Promise<RegularFile | null> {
  // Without O_NONBLOCK a named pipe is opened only once something writes to it.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const file = await open(join(directory, `attune-agent-${arch}`), flags).catch(ignoreCodes('ENOENT', 'ENOTDIR'));
  return file ? asRegular(file) : null;
}
