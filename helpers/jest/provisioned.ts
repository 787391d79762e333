import type { Provisioned } from '../provision';

/** Global setup and teardown run in one process, and share this. */
let current: Provisioned | null = null;

export const keepProvisioned = (provisioned: Provisioned): void => void (current = provisioned);

export function takeProvisioned(): Provisioned | null {
  const taken = current;
  current = null;
  return taken;
}
