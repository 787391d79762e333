-- Whether a step of this workflow runs, or is with a worker. A step that only a response to an inquiry
-- or a resume ends is not in flight, and neither is one that has yet to be released.
create or replace function has_steps_in_flight(run bigint) returns boolean language sql stable as
$$
select exists (
  select from execution
  where workflow_execution = run and released
    and status in ('requested', 'scheduling', 'scheduled', 'running', 'suspended', 'canceling')
    and not (status = 'running' and awaits is not null and worker is null))
$$;
select expose_function(array['has_steps_in_flight(bigint)']);
