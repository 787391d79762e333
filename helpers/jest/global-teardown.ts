import { endUnprovisioned } from './exits';
import { takeProvisioned } from './provisioned';

/** Asks whether the platform is still the one it was, and ends it where the suite started it. */
async function tearDown(): Promise<void> {
  const provisioned = takeProvisioned();
  if (!provisioned) return;
  const identity = await provisioned.confirmIdentity().then(
    () => null,
    (error: unknown) => ({ error }),
  );
  try {
    await provisioned.release();
  } catch (error) {
    endUnprovisioned(identity?.error ?? error);
  }
  if (identity) endUnprovisioned(identity.error);
}

export = tearDown;
