-- The versions that a retention by time applies to: logs, which are most, have a retention of their own.
create index artifact_version_by_age on artifact_version (id) where stream is null;
