-- What the history of a worker shows of it: no heartbeat, address of an agent, or secret.
create or replace function worker_history_values(w worker) returns jsonb language sql stable as $$
  select jsonb_build_object('name', w.name, 'kind', w.kind, 'worker_type', w.worker_type, 'worker_role', w.worker_role,
    'host', w.host, 'port', w.port, 'status', w.status, 'state', w.state, 'state_cause', w.state_cause,
    'cordoned', w.cordoned, 'cordon_reason', w.cordon_reason, 'slots', w.slots, 'queue_limit', w.queue_limit,
    'runtime', w.runtime, 'runtimes', w.runtimes, 'capabilities', w.capabilities, 'labels', w.labels,
    'delivery_mode', w.delivery_mode)
$$;
revoke all on function worker_history_values(worker) from public;
