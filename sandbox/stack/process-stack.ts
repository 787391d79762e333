import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../compose/compose-file';
import { replaceVariables } from '../compose/replace-variables';
import { assignments, variablesOf, type Ports, type Sandbox } from '../run/sandbox';
import { SandboxError } from '../sandbox-error';
import { mustRun } from '../transport/transport';
import { CONFINE, RUN_HEALTHCHECK, SERVICE_EXIT, SERVICE_LOG, START_SERVICE } from './host-scripts';
import { logEnd, serviceEnded } from './log-end';
import type { Stack } from './stack';

const POLL_MS = 250;

/** Each service as a process, with what it starts. */
export class ProcessStack implements Stack {
  readonly kind = 'process';

  constructor(
    private readonly sandbox: Sandbox,
    private readonly services: readonly Service[],
    private readonly ports: Ports,
  ) {}

  /** Starts each service once those that it depends on are as it needs them. */
  async up(): Promise<void> {
    const { transport, directory } = this.sandbox;
    const confine = (await mustRun(transport, CONFINE)).trim();
    for (const { name, command, needs, ...service } of this.services) {
      for (const { service: needed, condition } of needs) await this.waitFor(needed, condition);
      const args = [directory, name, command!, confine, ...this.environmentOf(service)];
      await mustRun(transport, START_SERVICE, { args });
    }
  }

  async requireRunning(): Promise<void> {
    for (const { name } of this.services) {
      const code = await this.exitOf(name);
      if (code === '' || code === '0') continue; // a task that is done, such as a migration, exits with 0
      const log = await this.logOf(name);
      throw serviceEnded(name, code, log);
    }
  }

  /** NAME=VALUE of a service: what every one has, and its own. */
  private environmentOf({ environment }: Pick<Service, 'environment'>): string[] {
    const variables = variablesOf(this.sandbox, this.ports);
    const own = Object.entries(environment).map(([name, value]) => [name, replaceVariables(value, variables)] as const);
    return assignments({ ...variables, ...Object.fromEntries(own) });
  }

  private async waitFor(name: string, condition: Service['needs'][number]['condition']): Promise<void> {
    const { manifest } = this.sandbox;
    const service = this.services.find((each) => each.name === name)!;
    if (condition === 'service_completed_successfully')
      await this.waitUntil(
        name,
        'has not ended',
        manifest.timeout * 1_000,
        async () => (await this.exitOf(name)) === '0',
      );
    if (condition !== 'service_healthy') return;
    if (service.healthcheck === null)
      throw new SandboxError('COMPOSE_FILE_INVALID', `${manifest.compose_file}: service ${name} has no healthcheck`);
    const { command, limitMs } = service.healthcheck;
    await this.waitUntil(name, 'is not healthy', limitMs, () => this.isHealthy(service, command));
  }

  private async waitUntil(name: string, what: string, limitMs: number, isDone: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await isDone())) {
      this.sandbox.stop.throwIfAborted();
      await this.requireRunning();
      if (performance.now() >= deadline) {
        const log = logEnd(await this.logOf(name));
        throw new SandboxError('STACK_UP_FAILED', `service ${name} ${what} after ${limitMs / 1_000} s; ${log}`);
      }
      await sleep(POLL_MS);
    }
  }

  private async isHealthy(service: Service, command: string): Promise<boolean> {
    const { transport, directory } = this.sandbox;
    const line = replaceVariables(command, variablesOf(this.sandbox, this.ports));
    const args = [directory, line, ...this.environmentOf(service)];
    return (await transport.run(RUN_HEALTHCHECK, { args })).code === 0;
  }

  /** The exit code of a service as text; empty while it runs. */
  private async exitOf(name: string): Promise<string> {
    const { transport, directory } = this.sandbox;
    return (await mustRun(transport, SERVICE_EXIT, { args: [directory, name] })).trim();
  }

  private logOf(name: string): Promise<string> {
    const { transport, directory } = this.sandbox;
    return mustRun(transport, SERVICE_LOG, { args: [directory, name] });
  }
}
