import type { Fault, Faults } from '../fault';
import { CHAOS_FAULTS } from './systems/chaos';
import { CONTAINER_FAULTS } from './containers';
import { CRITERIA_FAULTS } from './criteria';
import { DATA_FAULTS } from './systems/data';
import { DISPATCH_FAULTS } from './dispatch';
import { DURABLE_FAULTS } from './systems/durable';
import { END_AND_CHAIN_FAULTS } from './ends-and-chains';
import { ENGINE_CORNER_FAULTS } from './engine-corners';
import { ENGINE_PATH_FAULTS } from './engine-paths';
import { ENGINE_RESULT_FAULTS } from './engine-results';
import { ENVIRONMENT_FAULTS } from './environments';
import { EVENT_FAULTS } from './events';
import { EXTERNAL_WORKER_FAULTS } from './systems/external-workers';
import { PUSH_DELIVERY_FAULTS } from './systems/push-delivery';
import { RUNTIME_FAULTS } from './systems/runtimes';
import { MANAGED_WORKER_FAULTS } from './systems/managed-workers';
import { EXPRESSION_FAULTS } from './expressions';
import { GATE_FAULTS } from './systems/gate';
import { HISTORY_FAULTS } from './history';
import { INQUIRY_FAULTS } from './inquiries';
import { INQUIRY_LIFETIME_FAULTS } from './inquiry-lifetimes';
import { ISOLATION_FAULTS } from './systems/isolation';
import { KEY_OWNER_FAULTS } from './key-owners';
import { KEY_FAULTS } from './keys';
import { LIMIT_FAULTS } from './limits';
import { LIST_FAULTS } from './lists';
import { LIST_TABLE_FAULTS } from './list-tables';
import { LIVE_POLICY_FAULTS } from './systems/live-policy';
import { OPERATOR_FAULTS } from './operators';
import { PROCESS_FAULTS } from './processes';
import { PROGRAM_FAULTS } from './programs';
import { REQUEST_FAULTS } from './requests';
import { RIGHTS_AND_RECORD_FAULTS } from './rights-and-records';
import { RESULT_FAULTS } from './results';
import { PROMISED_FAULTS } from './promised';
import { RECORD_AND_COPY_FAULTS } from './records-and-copies';
import { RECORD_FAULTS } from './systems/records';
import { REPLAY_FAULTS } from './systems/replay';
import { REVISION_FAULTS } from './systems/revisions';
import { PACK_FAULTS } from './systems/packs';
import { PACK_TEST_FAULTS } from './systems/pack-tests';
import { RERUN_FAULTS } from './workflow/rerun';
import { PAUSE_FAULTS } from './systems/pause';
import { SANDBOX_HOST_FAULTS } from './sandbox/hosts';
import { HUB_FAULTS } from './sandbox/hub';
import { MANIFEST_FAULTS } from './sandbox/manifest';
import { SANDBOX_REPORT_FAULTS } from './sandbox/reports';
import { SANDBOX_RUN_FAULTS } from './sandbox/runs';
import { SANDBOX_STACK_FAULTS } from './sandbox/stacks';
import { SCHEDULE_FAULTS } from './schedules';
import { SECONDARY_PATH_FAULTS } from './secondary-paths';
import { SECRET_FAULTS } from './secrets';
import { SOURCE_AND_WORKER_FAULTS } from './sources-and-workers';
import { STANDALONE_CONNECTION_FAULTS } from './systems/standalone-connection';
import { STANDALONE_FILE_FAULTS } from './systems/standalone-files';
import { STANDALONE_RUN_FAULTS } from './systems/standalone-runs';
import { BROKEN_PROGRAM_FAULTS } from './systems/broken-programs';
import { COORDINATOR_FAULTS } from './systems/coordinators';
import { RECOVERY_FAULTS } from './systems/recovery';
import { SHUTDOWN_FAULTS } from './systems/shutdown';
import { TEMPLATE_FAULTS } from './template';
import { BESIDE_PATH_FAULTS } from './beside-paths';
import { LATER_ROUND_FAULTS } from './later-rounds';
import { BLIND_EDIT_FAULTS } from './blind-edits';
import { BLIND_FIELD_FAULTS } from './blind-fields';
import { BLIND_WAY_FAULTS } from './blind-ways';
import { CALLER_FAULTS } from './callers';
import { TENANT_FAULTS } from './tenants';
import { TARGET_FAULTS } from './systems/targets';
import { TIER3_FAULTS } from './tier3/tier3';
import { TIME_FAULTS } from './time';
import { TIMER_FAULTS } from './timers';
import { VALUE_FAULTS } from './values';
import { VERIFY_FAULTS } from './systems/verify';
import { ARTIFACT_FAULTS } from './systems/artifacts';
import { INTERNAL_FILE_FAULTS } from './systems/internal-files';
import { WAITING_FAULTS } from './waiting';
import { WAY_FAULTS } from './ways';
import { WHOLE_PART_FAULTS } from './whole-parts';
import { WORK_QUEUE_FAULTS } from './systems/work-queues';
import { TIME_TABLE_FAULTS } from './time-tables';
import { UPDATE_FAULTS } from './updates';
import { UNSEEN_FILE_FAULTS } from './unseen-files';
import { UNSEEN_ROW_FAULTS } from './unseen-rows';
import { UNSEEN_VALUE_FAULTS } from './unseen-values';
import { UNSEEN_WAY_FAULTS } from './unseen-ways';
import { WEBHOOK_FAULTS } from './webhooks';
import { SECOND_PLACE_FAULTS } from './second-places';
import { SECOND_VALUE_FAULTS } from './second-values';
import { QUEUE_TABLE_FAULTS } from './work-queues';
import { WORKFLOW_BRANCH_FAULTS } from './workflow/branches';
import { WORKFLOW_CONCURRENCY_FAULTS } from './workflow/concurrency';
import { WORKFLOW_END_FAULTS } from './workflow/ends';
import { WORKFLOW_FLOW_FAULTS } from './workflow/flow';
import { WORKFLOW_ITEMS_FAULTS } from './workflow/items';
import { WORKFLOW_LANGUAGE_FAULTS } from './workflow/language';
import { WORKFLOW_LOOP_FAULTS } from './workflow/loops';
import { WORKFLOW_TASK_FAULTS } from './workflow/tasks';
import { BESIDE_PLACE_FAULTS } from './beside-places';
import { UNSEEN_RECORD_FAULTS } from './unseen-records';
import { UNSEEN_CALLER_FAULTS } from './unseen-callers';

const ROOMS: readonly Faults[] = [
  UNSEEN_CALLER_FAULTS,
  UNSEEN_RECORD_FAULTS,
  BESIDE_PLACE_FAULTS,
  BESIDE_PATH_FAULTS,
  LATER_ROUND_FAULTS,
  BLIND_EDIT_FAULTS,
  BLIND_FIELD_FAULTS,
  BLIND_WAY_FAULTS,
  CALLER_FAULTS,
  SECOND_PLACE_FAULTS,
  SECOND_VALUE_FAULTS,
  WHOLE_PART_FAULTS,
  CHAOS_FAULTS,
  CONTAINER_FAULTS,
  CRITERIA_FAULTS,
  DATA_FAULTS,
  DISPATCH_FAULTS,
  DURABLE_FAULTS,
  END_AND_CHAIN_FAULTS,
  ENGINE_CORNER_FAULTS,
  ENGINE_PATH_FAULTS,
  ENGINE_RESULT_FAULTS,
  ENVIRONMENT_FAULTS,
  EVENT_FAULTS,
  EXPRESSION_FAULTS,
  EXTERNAL_WORKER_FAULTS,
  PUSH_DELIVERY_FAULTS,
  RUNTIME_FAULTS,
  MANAGED_WORKER_FAULTS,
  GATE_FAULTS,
  HISTORY_FAULTS,
  INQUIRY_FAULTS,
  INQUIRY_LIFETIME_FAULTS,
  ISOLATION_FAULTS,
  KEY_FAULTS,
  KEY_OWNER_FAULTS,
  LIMIT_FAULTS,
  LIST_FAULTS,
  LIST_TABLE_FAULTS,
  LIVE_POLICY_FAULTS,
  OPERATOR_FAULTS,
  PACK_FAULTS,
  PACK_TEST_FAULTS,
  PAUSE_FAULTS,
  RERUN_FAULTS,
  PROCESS_FAULTS,
  PROMISED_FAULTS,
  PROGRAM_FAULTS,
  REQUEST_FAULTS,
  RESULT_FAULTS,
  RIGHTS_AND_RECORD_FAULTS,
  RECORD_FAULTS,
  RECORD_AND_COPY_FAULTS,
  REPLAY_FAULTS,
  REVISION_FAULTS,
  SANDBOX_HOST_FAULTS,
  MANIFEST_FAULTS,
  SANDBOX_RUN_FAULTS,
  SANDBOX_REPORT_FAULTS,
  SANDBOX_STACK_FAULTS,
  HUB_FAULTS,
  SCHEDULE_FAULTS,
  SECONDARY_PATH_FAULTS,
  SECRET_FAULTS,
  TARGET_FAULTS,
  SHUTDOWN_FAULTS,
  SOURCE_AND_WORKER_FAULTS,
  STANDALONE_CONNECTION_FAULTS,
  STANDALONE_FILE_FAULTS,
  STANDALONE_RUN_FAULTS,
  BROKEN_PROGRAM_FAULTS,
  RECOVERY_FAULTS,
  COORDINATOR_FAULTS,
  TEMPLATE_FAULTS,
  TENANT_FAULTS,
  ...TIER3_FAULTS,
  TIME_FAULTS,
  TIMER_FAULTS,
  VALUE_FAULTS,
  VERIFY_FAULTS,
  ARTIFACT_FAULTS,
  INTERNAL_FILE_FAULTS,
  WAITING_FAULTS,
  WAY_FAULTS,
  QUEUE_TABLE_FAULTS,
  TIME_TABLE_FAULTS,
  UPDATE_FAULTS,
  UNSEEN_FILE_FAULTS,
  UNSEEN_VALUE_FAULTS,
  UNSEEN_WAY_FAULTS,
  UNSEEN_ROW_FAULTS,
  WEBHOOK_FAULTS,
  WORK_QUEUE_FAULTS,
  WORKFLOW_BRANCH_FAULTS,
  WORKFLOW_CONCURRENCY_FAULTS,
  WORKFLOW_END_FAULTS,
  WORKFLOW_FLOW_FAULTS,
  WORKFLOW_ITEMS_FAULTS,
  WORKFLOW_LANGUAGE_FAULTS,
  WORKFLOW_LOOP_FAULTS,
  WORKFLOW_TASK_FAULTS,
];

/** All faults, by room. */
export const FAULTS: readonly Fault[] = ROOMS.flatMap((faults) =>
  Object.entries(faults).map(([id, fault]) => ({ id, ...fault })),
);
