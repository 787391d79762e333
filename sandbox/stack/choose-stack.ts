import type { Service } from '../compose/compose-file';
import type { Ports, Sandbox } from '../run/sandbox';
import { ComposeStack } from './compose-stack';
import { ProcessStack } from './process-stack';
import type { Stack } from './stack';

/** Processes where every service says how it runs as one; else an engine for containers. */
export function chooseStack(sandbox: Sandbox, services: readonly Service[], ports: Ports): Stack {
  const without = services.filter(({ command }) => command === undefined).map(({ name }) => name);
  return without.length === 0 ? new ProcessStack(sandbox, services, ports) : new ComposeStack(sandbox, ports, without);
}
