import type { Fault } from '../fault';
import { CRITERIA_FAULTS } from './criteria';
import { DISPATCH_FAULTS } from './dispatch';
import { ENVIRONMENT_FAULTS } from './environments';
import { EVENT_FAULTS } from './events';
import { INQUIRY_FAULTS } from './inquiries';
import { KEY_FAULTS } from './keys';
import { PROCESS_FAULTS } from './processes';
import { RESULT_FAULTS } from './results';
import { TEMPLATE_FAULTS } from './template';
import { TENANT_FAULTS } from './tenants';
import { TIMER_FAULTS } from './timers';
import { VALUE_FAULTS } from './values';
import { WORKFLOW_FLOW_FAULTS } from './workflow-flow';
import { WORKFLOW_ITEMS_FAULTS } from './workflow-items';
import { WORKFLOW_TASK_FAULTS } from './workflow-tasks';

/** All faults, by room. */
export const FAULTS: readonly Fault[] = [
  ...CRITERIA_FAULTS,
  ...DISPATCH_FAULTS,
  ...ENVIRONMENT_FAULTS,
  ...EVENT_FAULTS,
  ...INQUIRY_FAULTS,
  ...KEY_FAULTS,
  ...PROCESS_FAULTS,
  ...RESULT_FAULTS,
  ...TEMPLATE_FAULTS,
  ...TENANT_FAULTS,
  ...TIMER_FAULTS,
  ...VALUE_FAULTS,
  ...WORKFLOW_FLOW_FAULTS,
  ...WORKFLOW_ITEMS_FAULTS,
  ...WORKFLOW_TASK_FAULTS,
];
