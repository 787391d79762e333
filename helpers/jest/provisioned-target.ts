import type { Provisioned } from '../target/provision';

/** Shared by the global setup and teardown, which run in one process. */
let current: Provisioned | null = null;

export const storeProvisioned = (provisioned: Provisioned): void => void (current = provisioned);

export function takeProvisioned(): Provisioned | null {
  const provisioned = current;
  current = null;
  return provisioned;
}
