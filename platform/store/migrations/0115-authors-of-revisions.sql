-- Who compiled a revision is the author of what runs with it, and not who saved what the workflow shows meanwhile.
alter table workflow_revision add column saved_by int, add column saved_with_sets text[] not null default '{}';
update workflow_revision v set saved_by = w.saved_by, saved_with_sets = w.saved_with_sets
  from workflow_definition w where w.id = v.workflow and w.revision = v.revision and v.state = 'ready';
