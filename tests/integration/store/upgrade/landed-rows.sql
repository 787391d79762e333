-- Rows of two tenants, as a platform of the landed baseline leaves them.
insert into tenant (id, slug, name) values (2, 'other', 'Other');
insert into identity (id, tenant, login) values (1, 1, 'ada'), (2, 2, 'bob');
insert into identity_role (tenant, identity, role) values (1, 1, 'operator');
insert into integration_token (tenant, identity, label, token_hash, token_prefix, token_suffix)
values (1, 1, 'ci', repeat('a', 64), 'a', 'a');
insert into worker (id, name, labels) values (1, 'w1', '{"zone": "a"}');
insert into pack (id, tenant, ref, version) values (1, 1, 'demo', '1.2.3'), (2, 2, 'demo', '0.0.1');
insert into permission_set (id, tenant, ref, pack, grants)
values (1, 1, 'demo.read', 1, '[{"resource": "executions", "actions": ["read"]}]');
insert into permission_assignment (tenant, identity, permset) values (1, 1, 1);
insert into runtime (id, tenant, ref, pack, name) values (1, 1, 'demo.shell', 1, 'Shell');
insert into workflow_definition (id, tenant, ref, pack, pack_ref, label, version, definition)
values (1, 1, 'demo.flow', 1, 'demo', 'Flow', '1.0.0', '{"tasks": [{"name": "a", "action": "demo.act"}]}');
insert into workflow_revision (tenant, workflow, revision, definition) values (1, 1, 1, '{"tasks": []}');
insert into action (id, tenant, ref, pack, pack_ref, runtime) values (1, 1, 'demo.act', 1, 'demo', 1);
insert into action (id, tenant, ref, pack, pack_ref, workflow_def) values (2, 1, 'demo.flow', 1, 'demo', 1);
insert into action (id, tenant, ref, pack, pack_ref) values (3, 2, 'demo.act', 2, 'demo');
insert into sensor (id, tenant, ref, pack, trigger_refs) values (1, 1, 'demo.watch', 1, '{demo.found}');
insert into trigger (id, tenant, ref, pack, sensor, webhook_key) values (1, 1, 'demo.found', 1, 1, 'key of a webhook');
insert into rule (id, tenant, ref, pack, pack_ref, trigger, trigger_ref, action, action_ref, owner_identity)
values (1, 1, 'demo.when', 1, 'demo', 1, 'demo.found', 1, 'demo.act', 1);
insert into event (id, tenant, trigger, trigger_ref, payload, correlation_id) values (1, 1, 1, 'demo.found', 'null', 'event:1');
insert into timer_event (tenant, event, rule) values (1, 1, 1);
insert into enforcement (id, tenant, rule, rule_ref, trigger_ref, event, status, correlation_id)
values (1, 1, 1, 'demo.when', 'demo.found', 1, 'processed', 'event:1');
insert into event_decision (tenant, event, rule, rule_ref, matched, enforcement) values (1, 1, 1, 'demo.when', true, 1);
insert into execution (id, tenant, root, action, action_ref, status, attempt, result, correlation_id, enforcement)
values (1, 1, 1, 2, 'demo.flow', 'running', 0, null, 'event:1', 1);
insert into execution (id, tenant, root, parent, action, action_ref, status, attempt, worker, workflow_execution, task_name, result)
values (2, 1, 1, 1, 1, 'demo.act', 'completed', 1, 1, 1, 'a', '{"big": 9007199254740993}'),
  (3, 1, 1, 1, 1, 'demo.act', 'running', 2, 1, 1, 'b', null);
insert into execution (id, tenant, root, action, action_ref, status, attempt)
values (4, 2, 4, 3, 'demo.act', 'requested', 0);
insert into workflow_execution (tenant, execution, workflow_def, task_graph, state, status, completed_tasks)
values (1, 1, 1, '{"tasks": []}', '{"tasks": {"a": {"status": "completed", "result": 1}}}', 'running', '{a}');
insert into execution_event (tenant, root, execution, type) values (1, 1, 1, 'EXECUTION_STARTED');
insert into lease (resource, tenant, owner, expires_at, fencing_token)
values ('execution:3', 1, 1, '2026-11-20T12:00:30Z', nextval('fencing_token'));
insert into inquiry (tenant, execution, prompt) values (1, 3, 'Go on?');
insert into key (id, tenant, ref, owner_type, owner, owner_pack, name, value) values (1, 1, 'demo.token', 'pack', 'demo', 1, 'token', '"v"');
insert into work_queue (id, tenant, ref, pack, label, dispatch_action, dispatch_action_ref, is_adhoc)
values (1, 1, 'demo.queue', 1, 'Queue', 1, 'demo.act', false);
insert into work_queue_item (tenant, queue, queue_ref, priority, payload) values (1, 1, 'demo.queue', 3, '{"n": 1}');
insert into artifact (id, tenant, ref, owner, size_bytes) values (1, 1, 'demo.report', 'demo.act', 2);
insert into artifact_version (id, tenant, artifact, version, execution, size_bytes) values (1, 1, 1, 1, 2, 2);
insert into artifact_content (version, tenant, bytes) values (1, 1, '\x0001');
insert into setting (name, value) values ('token_secret', 'a secret of this database');
