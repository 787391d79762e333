/**
 * The responses of a plain Attune, as its contract lists them, written independently of
 * `contract/`. A key is `name:type`; `type|null` is always present and may be null; `type?` is
 * left out without a value. Types: id, int, num, bool, str, ts (timestamp), obj, list, json (any
 * value), and `'word'` for a word of a closed set.
 */
const PLACEMENT = 'worker_selector:obj? worker_tolerations:list? worker_affinity:obj?';
const ARTIFACT_RETENTION = "artifact_retention_policy:'versions'? artifact_retention_limit:int?";
const RETENTION = `${ARTIFACT_RETENTION} log_retention_policy:'versions'? log_retention_limit:int?`;

const PACK_SUMMARY =
  'id:id ref:str label:str description:str|null version:str tags:list is_standard:bool created:ts updated:ts';
const ACTION_SUMMARY = `id:id ref:str pack_ref:str label:str description:str|null entrypoint:str runtime:id|null
  runtime_ref:str? runtime_version_constraint:str? required_worker_runtimes:obj? ${PLACEMENT} workflow_def:id?
  accesses_mcp:bool default_execution_permission_set_refs:list? ${RETENTION} created:ts updated:ts`;
const RUNTIME_SUMMARY = 'id:id ref:str pack_ref:str|null description:str|null name:str created:ts updated:ts';
const TRIGGER_SUMMARY = `id:id ref:str pack_ref:str|null label:str description:str|null enabled:bool
  webhook_enabled:bool created:ts updated:ts`;
const SENSOR_SUMMARY = `id:id ref:str pack_ref:str|null label:str description:str|null enabled:bool ${RETENTION}
  created:ts updated:ts`;
const RULE_SUMMARY = `id:id ref:str pack_ref:str label:str description:str|null action_ref:str trigger_ref:str
  action_params:obj trigger_params:obj permission_set_refs:list|null enabled:bool created:ts updated:ts`;
const EVENT_BASE = `id:id trigger:id|null trigger_ref:str source:id|null source_ref:str|null rule:id|null
  rule_ref:str|null created:ts`;
const ENFORCEMENT_SUMMARY = `id:id rule:id|null rule_ref:str trigger_ref:str event:id|null status:'created'
  condition:'all' created:ts`;
const WORKFLOW_SUMMARY = `id:id ref:str pack_ref:str label:str description:str|null version:str tags:list
  created:ts updated:ts`;
const ARTIFACT_SUMMARY = `id:id ref:str scope:'pack' owner:str type:'file_text' visibility:'private' name:str|null
  content_type:str|null size_bytes:int|null created:ts updated:ts`;
const VERSION_SUMMARY = `id:id version:int execution:id? content_type:str|null size_bytes:int|null file_path:str?
  created_by:str|null created:ts`;
const TEST_COUNTS = 'totalTests:int passed:int failed:int skipped:int passRate:num durationMs:int';
const QUEUE_SUMMARY = `id:id ref:str pack_ref:str|null is_adhoc:bool label:str description:str|null enabled:bool
  accepting_new_items:bool dispatch_action_ref:str created:ts updated:ts`;
const AUDIT_SUMMARY = `id:id created:ts category:'api' event_type:str outcome:'success' actor_identity:id|null
  actor_login:str|null request_id:str|null resource_type:str|null resource_ref:str|null http_method:str|null
  http_path:str|null http_status:int|null`;
const KEY_SUMMARY = "id:id ref:str owner_type:'system' owner:str|null name:str encrypted:bool created:ts";
const WORKFLOW_TASK = `workflow_execution:id task_name:str triggered_by:str? task_index:int|null task_batch:int|null
  retry_count:int max_retries:int next_retry_at:ts|null timeout_seconds:num|null timed_out:bool duration_ms:num|null
  started_at:ts|null completed_at:ts|null`;

/** The keys of each response, by the name of its schema in `contract/`. */
export const RESPONSES = {
  Pack: `${PACK_SUMMARY} conf_schema:obj config:obj meta:obj runtime_deps:list dependencies:list`,
  PackSummary: PACK_SUMMARY,
  InstallResult: 'pack:obj test_result:obj|null tests_skipped:bool',
  SyncResult: 'pack_ref:str loaded_count:int registered_count:int workflows:list errors:list',
  WorkflowValidation: 'pack_ref:str validated_count:int error_count:int errors:obj',
  BatchResult: 'registered_packs:list failed_packs:list summary:obj',
  BatchSummary: 'total_packs:int success_count:int failure_count:int total_components:int duration_ms:int',
  PackTestResult: `packRef:str packVersion:str executionTime:ts status:'passed' ${TEST_COUNTS} testSuites:list`,
  PackTestRecord: `id:id packId:id packVersion:str executionTime:ts triggerReason:'manual' ${TEST_COUNTS} result:obj
    created:ts`,
  Action: `${ACTION_SUMMARY} pack:id param_schema:obj|null out_schema:obj|null is_adhoc:bool`,
  ActionSummary: ACTION_SUMMARY,
  ActionSearchResult:
    'ref:str pack_ref:str label:str description:str? runtime_ref:str? is_workflow:bool accesses_mcp:bool',
  ActionQueueStats: `action_id:id action_ref:str queue_length:int active_count:int max_concurrent:int
    oldest_enqueued_at:ts|null total_enqueued:int total_completed:int last_updated:ts`,
  Runtime: `${RUNTIME_SUMMARY} pack:id|null distributions:json installation:json|null execution_config:json`,
  RuntimeSummary: RUNTIME_SUMMARY,
  Trigger: `${TRIGGER_SUMMARY} pack:id|null param_schema:obj|null out_schema:obj|null webhook_key:str? is_adhoc:bool
    sensor:id? sensor_ref:str?`,
  TriggerSummary: TRIGGER_SUMMARY,
  Sensor: `id:id ref:str pack:id|null pack_ref:str|null label:str description:str|null entrypoint:str runtime:id
    runtime_ref:str enabled:bool param_schema:obj|null worker_selector:obj worker_tolerations:list worker_affinity:obj
    ${RETENTION} created:ts updated:ts`,
  SensorSummary: SENSOR_SUMMARY,
  SensorLogs: 'sensor_ref:str logs:list',
  Rule: `${RULE_SUMMARY} pack:id action:id|null trigger:id|null conditions:json is_adhoc:bool owner_identity:id|null`,
  RuleSummary: RULE_SUMMARY,
  Event: `${EVENT_BASE} config:obj|null payload:json|null`,
  EventSummary: `${EVENT_BASE} has_payload:bool`,
  Enforcement: `${ENFORCEMENT_SUMMARY} config:obj|null payload:obj conditions:json resolved_at:ts|null`,
  EnforcementSummary: ENFORCEMENT_SUMMARY,
  Execution: `id:id action:id|null action_ref:str config:obj|null parent:id|null enforcement:id|null executor:id|null
    permission_set_refs:list? ${ARTIFACT_RETENTION} ${PLACEMENT} worker:id|null status:'requested' result:json|null
    original_execution:id? started_at:ts? workflow_task:obj? created:ts updated:ts`,
  ExecutionSummary: `id:id action_ref:str status:'requested' parent:id|null enforcement:id|null rule_ref:str|null
    trigger_ref:str|null started_at:ts? workflow_task:obj? original_execution:id? created:ts updated:ts`,
  ExecutionStats: 'total:int completed:int failed:int running:int pending:int cancelled:int timeout:int abandoned:int',
  WorkflowTask: WORKFLOW_TASK,
  Inquiry: `id:id execution:id prompt:str response_schema:obj|null assigned_to:id|null status:'pending'
    response:json|null timeout_at:ts|null responded_at:ts|null created:ts updated:ts`,
  DownloadResult: 'downloaded_packs:list failed_packs:list total_count:int success_count:int failure_count:int',
  DependencyAnalysis: `dependencies:list runtime_requirements:obj missing_dependencies:list conflicts:list
    analyzed_packs:list errors:list`,
  DetectedEnvironments: 'built_environments:list failed_environments:list summary:obj',
  DetectionSummary: `total_packs:int success_count:int failure_count:int python_envs_built:int nodejs_envs_built:int
    total_duration_ms:int`,
  PackIndex: 'id:id name:str|null url:str position:int enabled:bool headers:obj created:ts updated:ts',
  IndexedPack: 'pack:obj registry:obj',
  IndexName: 'id:id name:str|null url:str',
  QueueSummary: QUEUE_SUMMARY,
  Queue: `${QUEUE_SUMMARY} pack:id|null dispatch_action:id|null default_priority:int allow_pending_update:bool
    update_strategy:'replace' batch_mode:'single' item_schema:obj action_params:obj permission_set_refs:list|null
    config:obj resolved_dispatch_tuning:obj?`,
  QueueItem: `id:id queue:id queue_ref:str item_key:str|null priority:int status:'queued' payload:json metadata:obj
    enqueue_source:str requested_by_identity:id|null requested_by_execution:id|null requested_by_enforcement:id|null
    leased_execution:id|null lease_token:str|null lease_expires_at:ts|null attempt_count:int last_error:str|null
    ack_summary:obj|null created:ts updated:ts`,
  InquirySummary: `id:id execution:id prompt:str assigned_to:id|null status:'pending' has_response:bool
    timeout_at:ts|null created:ts`,
  Key: `${KEY_SUMMARY} owner_identity:id|null owner_pack:id|null owner_pack_ref:str|null owner_action:id|null
    owner_action_ref:str|null owner_sensor:id|null owner_sensor_ref:str|null value:json|null updated:ts`,
  HistoryRecord: `time:ts operation:'INSERT' entity_id:id entity_ref:str|null changed_fields:list old_values:obj|null
    new_values:obj|null`,
  AnalyticsSeries: 'since:ts until:ts data:list',
  RetentionConfig: `enabled:bool check_interval_seconds:int batch_size:int dry_run:bool advisory_lock_key:int
    targets:obj`,
  FailureRate: `since:ts until:ts total_terminal:int failed_count:int timeout_count:int completed_count:int
    failure_rate_pct:num`,
  AnalyticsDashboard: `since:ts until:ts execution_throughput:list execution_status:list event_volume:list
    enforcement_volume:list worker_status:list failure_rate:obj`,
  AuditEventSummary: AUDIT_SUMMARY,
  AuditEvent: `${AUDIT_SUMMARY} actor_token_type:str|null actor_ip:str|null actor_user_agent:str|null
    resource_id:id|null duration_ms:int|null details:obj|null correlation_chain:list|null`,
  KeySummary: KEY_SUMMARY,
  Workflow: `${WORKFLOW_SUMMARY} pack:id param_schema:obj|null out_schema:obj|null definition:obj`,
  WorkflowSummary: WORKFLOW_SUMMARY,
  Artifact: `${ARTIFACT_SUMMARY} retention_policy:'versions' retention_limit:int description:str|null data:json?`,
  ArtifactSummary: ARTIFACT_SUMMARY,
  ArtifactVersion: `${VERSION_SUMMARY} artifact:id content_json:json? meta:json?`,
  ArtifactVersionSummary: VERSION_SUMMARY,
  IdentitySummary: 'id:id login:str display_name:str|null frozen:bool attributes:obj|null roles:list',
  IdentityDetail:
    'id:id login:str display_name:str|null frozen:bool attributes:obj|null roles:list direct_permissions:list',
  IdentityRole: 'id:id identity_id:id role:str source:str managed:bool created:ts updated:ts',
  PermissionAssignment: 'id:id identity_id:id permission_set_id:id permission_set_ref:str created:ts',
  PermissionSet: 'id:id ref:str pack_ref:str|null label:str|null description:str|null grants:list roles:list',
  PermissionSetRole: 'id:id permission_set_id:id permission_set_ref:str|null role:str created:ts',
  IntegrationToken: `id:id identity_id:id label:str description:str|null token_prefix:str token_suffix:str
    created_by:id|null expires_at:ts|null last_used_at:ts|null last_used_ip:str|null revoked_at:ts|null
    revoked_by:id|null revocation_reason:str|null active:bool created:ts updated:ts`,
  NewIntegrationToken: 'token:str integration_token:obj',
  Worker: `id:id name:str worker_type:'local' worker_role:'action' host:str|null port:int|null status:'active'|null
    last_heartbeat:ts|null heartbeat_age_seconds:num|null heartbeat_stale:bool cordoned:bool cordon_reason:str|null
    cordoned_by:id|null cordoned_at:ts|null health_state:'active' supported_runtimes:list load:obj created:ts
    updated:ts`,
  WorkerLoad: `requested:int scheduling:int scheduled:int running:int canceling:int total_active:int
    max_concurrent_executions:num|null utilization_percent:num|null queue_depth:num|null
    sensor_processes_running:num|null sensor_processes_monitored:num|null active_rules:num|null
    max_concurrent_sensors:num|null`,
  Tokens: "access_token:str refresh_token:str token_type:'Bearer' expires_in:int user:obj?",
  TokenUser: 'id:id login:str display_name:str|null',
  CurrentUser: `id:id login:str display_name:str|null auth_provider:'local' is_local:bool can_change_password:bool
    provider_profile:obj? effective_permissions:list assigned_permission_set_refs:list`,
  AuthSettings: `authentication_enabled:bool local_password_enabled:bool local_password_visible_by_default:bool
    oidc_enabled:bool oidc_visible_by_default:bool oidc_provider_name:str|null oidc_provider_label:str|null
    oidc_provider_icon_url:str|null ldap_enabled:bool ldap_visible_by_default:bool ldap_provider_name:str|null
    ldap_provider_label:str|null ldap_provider_icon_url:str|null self_registration_enabled:bool`,
  SensorToken: 'identity_id:id sensor_ref:str token:str expires_at:ts trigger_types:list',
  WebhookReceipt: 'event_id:id trigger_ref:str received_at:ts message:str',
  AgentInfo: 'architectures:list version:str',
  DeleteResult: 'success:bool message:str',
} as const satisfies Record<string, string>;

export type ResponseName = keyof typeof RESPONSES;

/** Objects whose own keys the contract lists. */
export const NESTED_RESPONSES: Partial<Record<ResponseName, Readonly<Record<string, ResponseName>>>> = {
  AnalyticsDashboard: { failure_rate: 'FailureRate' },
  DetectedEnvironments: { summary: 'DetectionSummary' },
  IndexedPack: { registry: 'IndexName' },
  InstallResult: { pack: 'Pack', test_result: 'PackTestResult' },
  PackTestRecord: { result: 'PackTestResult' },
  NewIntegrationToken: { integration_token: 'IntegrationToken' },
  BatchResult: { summary: 'BatchSummary' },
  Tokens: { user: 'TokenUser' },
  Worker: { load: 'WorkerLoad' },
  Execution: { workflow_task: 'WorkflowTask' },
  ExecutionSummary: { workflow_task: 'WorkflowTask' },
};

const NOTIFICATION_BASE = 'entity_type entity_id id';
const EXECUTION_CHANGE = `${NOTIFICATION_BASE} action_id action_ref status enforcement rule_ref trigger_ref parent
  started_at workflow_task created updated`;
const ENFORCEMENT_CHANGE = `${NOTIFICATION_BASE} rule rule_ref trigger_ref event status condition created resolved_at`;
const ARTIFACT_CHANGE = `${NOTIFICATION_BASE} ref type visibility name scope owner content_type size_bytes created`;

/** The keys of the payload of each notification that a plain Attune sends. */
export const NOTIFICATION_PAYLOADS = {
  execution_created: EXECUTION_CHANGE,
  execution_status_changed: `${EXECUTION_CHANGE} old_status`,
  workflow_execution_status_changed: `${NOTIFICATION_BASE} action_ref status old_status workflow_def parent created
    updated`,
  event_created: `${NOTIFICATION_BASE} trigger trigger_ref source source_ref rule rule_ref has_payload created`,
  enforcement_created: ENFORCEMENT_CHANGE,
  enforcement_status_changed: `${ENFORCEMENT_CHANGE} old_status`,
  inquiry_created: `${NOTIFICATION_BASE} execution status timeout_at created`,
  inquiry_responded: `${NOTIFICATION_BASE} execution status updated`,
  inquiry_timeout: `${NOTIFICATION_BASE} execution status timeout_at updated`,
  artifact_created: ARTIFACT_CHANGE,
  artifact_updated: `${ARTIFACT_CHANGE} updated progress_percent progress_message progress_entries`,
} as const satisfies Record<string, string>;

/** One key of a response. */
export interface ResponseKey {
  readonly name: string;
  /** `id`, …, `json`, or a word in quotes. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly isOptional: boolean;
}

/** The keys of a response, in the order of its table. */
export const responseKeys = (name: ResponseName): ResponseKey[] => RESPONSES[name].trim().split(/\s+/).map(parseKey);

function parseKey(text: string): ResponseKey {
  const [, name = '', type = '', suffix = ''] = /^(\w+):('?\w+'?)(\|null|\?)?$/.exec(text) ?? [];
  if (name === '') throw new Error(`not a key of a response table: ${text}`);
  return { name, type, isNullable: suffix === '|null', isOptional: suffix === '?' };
}

/** The keys of a notification's payload. */
export const payloadKeys = (type: keyof typeof NOTIFICATION_PAYLOADS): string[] =>
  NOTIFICATION_PAYLOADS[type].trim().split(/\s+/);
