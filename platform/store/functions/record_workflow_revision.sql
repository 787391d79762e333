-- Keeps what a workflow is saved with as a draft revision. An update that names a revision shows one
-- that exists.
create or replace function record_workflow_revision() returns trigger language plpgsql as
$$
begin
  if tg_op = 'UPDATE' then
    if new.revision <> old.revision or (new.definition::jsonb, new.param_schema::jsonb, new.out_schema::jsonb)
      is not distinct from (old.definition::jsonb, old.param_schema::jsonb, old.out_schema::jsonb) then
      return new;
    end if;
    new.revision := (select max(revision) + 1 from workflow_revision where workflow = new.id);
  end if;
  insert into workflow_revision (tenant, workflow, revision, definition, param_schema, out_schema)
  values (new.tenant, new.id, new.revision, new.definition, new.param_schema, new.out_schema);
  return new;
end
$$;
revoke all on function record_workflow_revision() from public;

create or replace trigger record_first_workflow_revision after insert on workflow_definition
  for each row execute function record_workflow_revision();
create or replace trigger record_next_workflow_revision before update on workflow_definition
  for each row execute function record_workflow_revision();
