-- Values that expressions derived from secrets are redacted in workflow states and results.

alter table workflow_execution add column secret_values text;
comment on column workflow_execution.secret_values is
  'Secrets redacted from state and variables, sealed for this row.';

alter table execution add column result_secrets text;
comment on column execution.result_secrets is 'Secrets redacted from result, sealed for this row.';
