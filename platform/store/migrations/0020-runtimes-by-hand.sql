-- A runtime that was made through the API stays when the files of its pack are registered again.
alter table runtime add column is_adhoc boolean not null default false;
