-- The platform that starts the process of a worker applies its template.
drop function if exists supervised_workers(text);
