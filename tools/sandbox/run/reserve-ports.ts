import { randomInt } from 'node:crypto';
import { dirname } from 'node:path';
import type { PublishedPort } from '../compose/published-ports';
import { SandboxError } from '../sandbox-error';
import { RESERVE_PORT } from '../stack/host-scripts';
import type { Ports, Sandbox } from './sandbox';

/** Below the ports that Linux gives to clients. */
const FIRST = 20_000;
const LAST = 29_999;
const MOST_TRIES = 50;

/** Reserves a port of the host for each variable, and the fixed ones. Throws SandboxError. */
export async function reservePorts(sandbox: Sandbox, published: readonly PublishedPort[]): Promise<Ports> {
  const ports: Record<string, number> = {};
  for (const each of published) {
    if ('variable' in each) ports[each.variable] = await reserveFree(sandbox);
    else await reserveFixed(sandbox, each.fixed, each.service);
  }
  return ports;
}

async function reserveFree(sandbox: Sandbox): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = randomInt(FIRST, LAST + 1);
    if ((await reserve(sandbox, port)) === 0) return port;
  }
  throw new SandboxError('PORT_FIXED_BUSY', `none of ${MOST_TRIES} ports from ${FIRST} to ${LAST} is free`);
}

async function reserveFixed(sandbox: Sandbox, port: number, service: string): Promise<void> {
  const code = await reserve(sandbox, port);
  if (code === 0) return;
  const holder = code === 1 ? 'another run has it' : 'a process listens on it';
  const instead = 'publish a variable instead: "${API_PORT}:80"';
  throw new SandboxError('PORT_FIXED_BUSY', `port ${port} of service ${service} is taken: ${holder}; ${instead}`);
}

/** Exit code of the script: 0 for a reserved port. */
async function reserve({ transport, ledger, directory, names }: Sandbox, port: number): Promise<number> {
  const resource = { kind: 'port', name: String(port) } as const;
  ledger.created(resource);
  const { code } = await transport.run(RESERVE_PORT, { args: [dirname(directory), String(port), names.name] });
  if (code !== 0) ledger.removed(resource);
  return code;
}
