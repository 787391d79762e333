import type { Faults } from '../../fault';
import { NOTIFICATION_FAULTS } from './notifications';
import { OUTPUT_FAULTS } from './output';
import { PERMISSION_FAULTS } from './permissions';
import { RECORD_FAULTS } from './records';
import { INJECTION_FAULTS } from './secrets';
import { RIGHT_FAULTS } from './rights';
import { SENSOR_FAULTS } from './sensors';
import { STORED_KEY_FAULTS } from './stored-keys';
import { TIMER_RULE_FAULTS } from './timers';
import { WEBHOOK_CHAIN_FAULTS } from './webhook-chains';
import { WEBHOOK_RULE_FAULTS } from './webhooks';
import { LOST_WORKER_FAULTS } from './workers';

/** Faults that the claims of tier 3 were written for. */
export const TIER3_FAULTS: readonly Faults[] = [
  NOTIFICATION_FAULTS,
  OUTPUT_FAULTS,
  PERMISSION_FAULTS,
  RECORD_FAULTS,
  RIGHT_FAULTS,
  INJECTION_FAULTS,
  SENSOR_FAULTS,
  STORED_KEY_FAULTS,
  TIMER_RULE_FAULTS,
  WEBHOOK_CHAIN_FAULTS,
  WEBHOOK_RULE_FAULTS,
  LOST_WORKER_FAULTS,
];
