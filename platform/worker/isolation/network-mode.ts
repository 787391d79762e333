import { NETWORK_MODES, type NetworkMode } from '../../../contract/packs';
import { NotRunnable } from '../runtimes/runtime';
import type { WorkerContext } from '../worker-context';

/**
 * The network of a pack's programs: the stricter of the platform's and the pack's. Throws
 * NotRunnable where programs are not confined, so that a stricter one than `full` would be open.
 */
export function networkOfPrograms(
  pack: NetworkMode,
  { actionNetwork, containment }: Pick<WorkerContext, 'actionNetwork' | 'containment'>,
  isContainer = false,
): NetworkMode {
  const network = stricterNetwork(actionNetwork, pack);
  if (network === 'full' || isContainer || containment?.preforkPool.isConfined === true) return network;
  throw new NotRunnable(
    `NETWORK_NOT_CONFINED: its pack asks for the network ${network}, and programs are not confined on this host`,
  );
}

export const stricterNetwork = (one: NetworkMode, other: NetworkMode): NetworkMode =>
  NETWORK_MODES[Math.max(NETWORK_MODES.indexOf(one), NETWORK_MODES.indexOf(other))]!;
