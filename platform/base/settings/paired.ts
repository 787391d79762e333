import { resolve } from 'node:path';
import type { Env } from '../../../contract/environment';
import { SettingError } from './values';

/** Where the agent programs are, and what a host must know to fetch one. */
export interface AgentPrograms {
  readonly directory: string;
  readonly token: string;
}

/** Both, or neither: without a token every host could fetch a program. */
export function readAgentPrograms(env: Env): AgentPrograms | null {
  const [directory, token] = [env.PLATFORM_AGENT_DIR || null, env.PLATFORM_AGENT_TOKEN || null];
  if (directory !== null && token !== null) return { directory: resolve(directory), token };
  if (directory === null && token === null) return null;
  if (token === null) throw new SettingError('PLATFORM_AGENT_DIR', directory!, 'PLATFORM_AGENT_TOKEN as well');
  throw new SettingError('PLATFORM_AGENT_DIR', '', 'a directory, or no PLATFORM_AGENT_TOKEN');
}

/** What runs containers on the hosts of workers. */
export interface ContainerSettings {
  /** Name or path of a program with the command line of podman or docker. */
  readonly engine: string;
  /** Of an action whose parameters name none. */
  readonly image: string;
}

/** Both, or neither. */
export function readContainers(env: Env): ContainerSettings | null {
  const [engine, image] = [env.PLATFORM_CONTAINER_ENGINE || null, env.PLATFORM_CONTAINER_IMAGE || null];
  if (engine === null && image === null) return null;
  if (engine === null) throw new SettingError('PLATFORM_CONTAINER_IMAGE', image!, 'PLATFORM_CONTAINER_ENGINE as well');
  if (image === null) throw new SettingError('PLATFORM_CONTAINER_ENGINE', engine, 'PLATFORM_CONTAINER_IMAGE as well');
  return { engine, image };
}
