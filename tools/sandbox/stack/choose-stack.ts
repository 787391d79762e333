import type { ComposeFile } from '../compose/compose-file';
import { variablesOf, type Ports, type Sandbox } from '../run/sandbox';
import { ComposeStack } from './compose-stack';
import { ProcessStack } from './process-stack';
import type { Stack } from './stack';

/** Processes where every service says how it runs as one; else an engine for containers. */
export function chooseStack(sandbox: Sandbox, compose: ComposeFile, ports: Ports): Stack {
  const { without } = compose;
  if (without.length === 0) return new ProcessStack(sandbox, compose.servicesWith(variablesOf(sandbox, ports)), ports);
  return new ComposeStack(sandbox, ports, compose);
}
