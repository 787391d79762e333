import type { ComposeFile } from '../compose/compose-file';
import { assignments, variablesOf, type Ports, type Sandbox } from '../run/sandbox';
import { SandboxError } from '../sandbox-error';
import { mustRun } from '../transport/transport';
import { COMPOSE_UP, CONTAINER_LOG, FAILED_CONTAINERS, FIND_ENGINE, NOT_STARTED, SERVICES } from './engine-scripts';
import { logEnd, serviceEnded } from './log-end';
import type { Stack } from './stack';

/** Lines of an engine's output in a message. */
const MOST_LINES = 50;

/** Services as containers of the host's engine, in a project with the name of the run. */
export class ComposeStack implements Stack {
  readonly kind = 'compose';
  private engine = '';

  constructor(
    private readonly sandbox: Sandbox,
    private readonly ports: Ports,
    private readonly compose: Pick<ComposeFile, 'without' | 'containers' | 'faults'>,
  ) {}

  async up(): Promise<void> {
    const { transport, directory, names, manifest, ledger } = this.sandbox;
    const compose = await this.findEngine();
    ledger.created({ kind: 'project', name: names.name });
    const args = [directory, compose, names.name, manifest.compose_file];
    const given = assignments(variablesOf(this.sandbox, this.ports));
    // It may pull images up to the limit of its phase. The teardown ends what it leaves.
    const { code, stderr } = await transport.run(COMPOSE_UP, { args: [...args, ...given], limitMs: null });
    const missing = code === 0 ? await this.notStarted() : [];
    if (code === 0 && missing.length === 0) return;
    const what = code === 0 ? `did not start ${missing.join(', ')}` : `ended with exit code ${code}`;
    const lines = stderr.trimEnd().split('\n').slice(-MOST_LINES).join('\n');
    throw new SandboxError('STACK_UP_FAILED', `${compose} up ${what}; ${logEnd(lines)}`);
  }

  /** A version of podman's compose exits with 0 where an image cannot be pulled. */
  private async notStarted(): Promise<readonly string[]> {
    const { transport, names } = this.sandbox;
    const services = async (script: string): Promise<string[]> =>
      (await mustRun(transport, script, { args: [this.engine, names.name] })).split('\n').filter((name) => name !== '');
    const [waiting, there] = [await services(NOT_STARTED), await services(SERVICES)];
    const { containers, faults } = this.compose;
    const absent = faults.length > 0 ? [] : containers.filter((name) => !there.includes(name));
    return [...new Set([...waiting, ...absent])];
  }

  async requireRunning(): Promise<void> {
    const { transport, names } = this.sandbox;
    const [failed] = (await mustRun(transport, FAILED_CONTAINERS, { args: [this.engine, names.name] })).split('\n');
    if (!failed) return;
    const [code = '', service = '', container = ''] = failed.split(' ');
    const log = await mustRun(transport, CONTAINER_LOG, { args: [this.engine, container] });
    throw serviceEnded(service, code, log);
  }

  /** Returns the command of its compose. */
  private async findEngine(): Promise<string> {
    const { code, stdout, stderr } = await this.sandbox.transport.run(FIND_ENGINE);
    const [engine = '', compose = ''] = stdout.split('\n');
    this.engine = engine;
    if (code === 0) return compose;
    const services = this.compose.without.join(', ');
    const without = `without an engine for containers, x-process must say how to run ${services}`;
    throw new SandboxError('STACK_UP_FAILED', [`${stderr.trim()}; ${without}`, ...this.compose.faults].join('\n'));
  }
}
