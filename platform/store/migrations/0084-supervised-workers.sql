-- The function has other columns since: what a worker lacks, and the template of its process.
drop function if exists supervised_workers(text);
