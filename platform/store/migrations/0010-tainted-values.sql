-- What expressions made of secrets, cut out of what workflows and results show.

alter table workflow_execution add column secret_values text;
comment on column workflow_execution.secret_values is 'What was cut out of state and variables, sealed for this row.';

alter table execution add column result_secrets text;
comment on column execution.result_secrets is 'What was cut out of result, sealed for this row.';
