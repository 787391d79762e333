import type { Service } from '../compose/compose-file';
import { replaceVariables } from '../compose/replace-variables';
import { assignments, variablesOf, type Ports, type Sandbox } from '../run/sandbox';
import { SandboxError } from '../sandbox-error';
import { mustRun } from '../transport/transport';
import { CONFINE, SERVICE_EXIT, SERVICE_LOG, START_SERVICE } from './host-scripts';

/** Starts each service as a process, in the order of their needs. */
export async function startServices(sandbox: Sandbox, services: readonly Service[], ports: Ports): Promise<void> {
  const without = services.filter(({ command }) => command === undefined).map(({ name }) => name);
  if (without.length > 0)
    throw new SandboxError('STACK_UP_FAILED', `no engine for containers, and no x-process in ${without.join(', ')}`);
  const { transport, directory } = sandbox;
  const confine = (await mustRun(transport, CONFINE)).trim();
  const variables = variablesOf(sandbox, ports);
  for (const { name, command, environment } of services) {
    const own = Object.entries(environment).map(([key, value]) => [key, replaceVariables(value, variables)]);
    const given = assignments({ ...variables, ...(Object.fromEntries(own) as Record<string, string>) });
    await mustRun(transport, START_SERVICE, { args: [directory, name, command!, confine, ...given] });
  }
}

/** Throws SandboxError with the last words of a service that has failed. */
export async function requireRunning({ transport, directory }: Sandbox, services: readonly Service[]): Promise<void> {
  for (const { name } of services) {
    const code = (await mustRun(transport, SERVICE_EXIT, { args: [directory, name] })).trim();
    if (code === '' || code === '0') continue; // a task that is done, such as a migration, exits with 0
    const log = await mustRun(transport, SERVICE_LOG, { args: [directory, name] });
    const lines = log.trimEnd() === '' ? 'it printed nothing' : `its log ends with\n${log.trimEnd()}`;
    throw new SandboxError('STACK_UP_FAILED', `service ${name} ended with exit code ${code}; ${lines}`);
  }
}
