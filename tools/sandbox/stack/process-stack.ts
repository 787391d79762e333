import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../compose/compose-file';
import type { Healthcheck } from '../compose/healthcheck';
import { assignments, variablesOf, type Ports, type Sandbox } from '../run/sandbox';
import { SandboxError } from '../sandbox-error';
import { mustRun } from '../transport/transport';
import { CONFINE, RUN_HEALTHCHECK, SERVICE_EXIT, SERVICE_LOG, START_SERVICE } from './host-scripts';
import { logEnd, serviceEnded } from './log-end';
import type { Stack } from './stack';

const POLL_MS = 250;
/** For the answer of the host beyond the limit of a check, which the host keeps, ms. */
const MARGIN_MS = 30_000;

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
    for (const { name, command, needs, workingDirectory, ...service } of this.services) {
      for (const { service: needed, condition } of needs) await this.waitInPhase(needed, condition);
      const args = [directory, name, command!, confine, workingDirectory, ...this.environmentOf(service)];
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
    return [...assignments(variablesOf(this.sandbox, this.ports)), ...assignments(environment)];
  }

  /** The limit of the phase ends a wait, too; its message then says for what. */
  private async waitInPhase(name: string, condition: Service['needs'][number]['condition']): Promise<void> {
    const { stop, unmarked, directory } = this.sandbox;
    try {
      await this.waitFor(name, condition);
    } catch (error) {
      if (error !== stop.reason || !(error instanceof SandboxError)) throw error;
      const what = condition === 'service_healthy' ? 'is not healthy' : 'has not ended';
      const log = logEnd(await mustRun(unmarked, SERVICE_LOG, { args: [directory, name] }));
      throw new SandboxError(error.code, `service ${name} ${what}: ${error.text}; ${log}`);
    }
  }

  private async waitFor(name: string, condition: Service['needs'][number]['condition']): Promise<void> {
    const { manifest } = this.sandbox;
    const service = this.services.find((each) => each.name === name)!;
    if (condition === 'service_completed_successfully')
      await this.waitUntil(
        name,
        () => `has not ended after ${manifest.timeout} s`,
        manifest.timeout * 1_000,
        async () => (await this.exitOf(name)) === '0',
      );
    if (condition !== 'service_healthy') return;
    await this.waitUntilHealthy(service, service.healthcheck!); // the reader refuses a service without one
  }

  /** A try that does not end has failed. All retries fail before the service has failed. */
  private async waitUntilHealthy(service: Service, check: Healthcheck): Promise<void> {
    const limit = `is not healthy after ${check.limitMs / 1_000} s`;
    let [tries, isHanging] = [0, false];
    const isDone = async (): Promise<boolean> => {
      const from = performance.now();
      const isHealthy = await this.isHealthy(service, check);
      isHanging = !isHealthy && performance.now() - from >= check.timeoutMs;
      tries++;
      return isHealthy;
    };
    const what = () => (isHanging ? `${limit}: its check did not end within ${check.timeoutMs / 1_000} s` : limit);
    await this.waitUntil(service.name, what, check.limitMs, isDone, () => tries >= check.retries);
  }

  private async waitUntil(
    name: string,
    what: () => string,
    limitMs: number,
    isDone: () => Promise<boolean>,
    isTried: () => boolean = () => true,
  ): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await isDone())) {
      await this.requireRunning();
      if (performance.now() >= deadline && isTried()) {
        const log = logEnd(await this.logOf(name));
        throw new SandboxError('STACK_UP_FAILED', `service ${name} ${what()}; ${log}`);
      }
      await sleep(POLL_MS, undefined, { signal: this.sandbox.stop }).catch(() => this.sandbox.stop.throwIfAborted());
    }
  }

  private async isHealthy(service: Service, { command, timeoutMs }: Healthcheck): Promise<boolean> {
    const { transport, directory } = this.sandbox;
    const limit = String(timeoutMs / 1_000);
    const args = [directory, service.workingDirectory, command, limit, ...this.environmentOf(service)];
    return (await transport.run(RUN_HEALTHCHECK, { args, limitMs: timeoutMs + MARGIN_MS })).code === 0;
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
