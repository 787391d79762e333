-- Counters that rise with each fire of a timer, each execution that writes output, and each write.
alter table timer alter column fires type bigint;
alter table artifact alter column last_version type bigint;
alter table artifact_version alter column version type bigint;
alter table key alter column version type bigint;
