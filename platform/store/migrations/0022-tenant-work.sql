-- Executions of a tenant are cancelled through the execution lifecycle: store/executions/tenant-work.ts.
drop function if exists cancel_tenant_work(int);
