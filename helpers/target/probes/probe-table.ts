import { probeCausationDepth } from './depth-probe';
import { probeEventDecisions } from './event-probe';
import { probeEgressGuard, probeHttpAction, probeMocks } from './http-probes';
import {
  probeDefaultResponse,
  probeInquiry,
  probeInquiryExpiry,
  probeResponseSchema,
  probeScriptInquiry,
} from './inquiry-probes';
import {
  probeActionKeys,
  probeCompareAndSet,
  probeEncryption,
  probeOwnership,
  probePermissions,
  probeRedaction,
  probeRowBinding,
  probeSecretInput,
  probeSql,
  probeTtl,
} from './key-probes';
import { probeLimitMarkers } from './limit-marker-probe';
import { probeLog } from './log-probe';
import {
  probeEnforcementNotification,
  probeExecutionNotification,
  probeInquiryNotification,
  probeRuleNotification,
} from './notification-probes';
import { probeEnvironments, probeNode, probePackages, probePython, probeSensors } from './pack-probes';
import { probeParameterValidation } from './parameter-probe';
import type { Probe } from './probe-context';
import {
  probeCancellation,
  probeContainment,
  probeHostProcesses,
  probeIntervals,
  probeLedger,
  probeTaskLimit,
} from './process-probes';
import { probeSlots } from './slot-probe';
import { probeTenants } from './tenant-probe';
import {
  probeCron,
  probeDate,
  probeFires,
  probeInterval,
  probePlannedInstant,
  probePreview,
  probeTimezone,
} from './timer-probes';
import {
  probeFailureBranch,
  probeFilters,
  probeItems,
  probeJoin,
  probeKeystore,
  probeLoops,
  probeRetry,
} from './workflow-probes';

/** The probe of each capability. */
export type ProbeTable = Readonly<Record<string, Probe>>;

/** Probes that may run at the same time. */
export const PROBES: ProbeTable = {
  'ledger.shared': probeLedger,
  'host.processes': probeHostProcesses,
  sql: probeSql,
  'mocks.allowed': probeMocks,
  'executions.intervals': probeIntervals,
  'executions.cancel': probeCancellation,
  'executions.log': probeLog,
  'executions.timeout': probeLimitMarkers,
  'executions.parameters_validated': probeParameterValidation,
  'limits.causation_depth': probeCausationDepth,
  'workflows.task_timeout': probeTaskLimit,
  'processes.containment': probeContainment,
  'workflows.join': probeJoin,
  'workflows.failure_branches': probeFailureBranch,
  'workflows.with_items': probeItems,
  'workflows.retry': probeRetry,
  'workflows.loops': probeLoops,
  'workflows.keystore': probeKeystore,
  'templates.filters': probeFilters,
  'inquiries.ask': probeInquiry,
  'inquiries.expiry': probeInquiryExpiry,
  'inquiries.default_response': probeDefaultResponse,
  'inquiries.response_schema': probeResponseSchema,
  'inquiries.from_actions': probeScriptInquiry,
  'keys.from_actions': probeActionKeys,
  'keys.encryption': probeEncryption,
  'keys.ttl': probeTtl,
  'keys.compare_and_set': probeCompareAndSet,
  'secrets.stdin': probeSecretInput,
  'secrets.redaction': probeRedaction,
  'storage.row_binding': probeRowBinding,
  rbac: probePermissions,
  ownership: probeOwnership,
  tenants: probeTenants,
  'timers.interval': probeInterval,
  'timers.cron': probeCron,
  'timers.date': probeDate,
  'timers.planned_at': probePlannedInstant,
  'timers.preview': probePreview,
  'timers.fires': probeFires,
  'timers.timezone': probeTimezone,
  'events.causation': probeEventDecisions,
  'sensors.custom': probeSensors,
  'runtimes.node': probeNode,
  'runtimes.python': probePython,
  'packs.environments': probeEnvironments,
  'packages.offline': probePackages,
  'runners.http': probeHttpAction,
  'egress.guard': probeEgressGuard,
  'notify.executions': probeExecutionNotification,
  'notify.inquiries': probeInquiryNotification,
  'notify.enforcements': probeEnforcementNotification,
  'notify.rule_state': probeRuleNotification,
};

/** Probes that need every slot of the target. */
export const EXCLUSIVE_PROBES: ProbeTable = { 'workers.slots': probeSlots };
