-- A runtime created through the API is kept when the files of its pack are registered again.
alter table runtime add column is_adhoc boolean not null default false;
