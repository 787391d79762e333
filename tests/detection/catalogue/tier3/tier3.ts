import type { Fault } from '../../fault';
import { WEBHOOK_RULE_FAULTS } from './webhooks';

/** Faults that the claims of tier 3 were written for. */
export const TIER3_FAULTS: readonly Fault[] = [...WEBHOOK_RULE_FAULTS];
