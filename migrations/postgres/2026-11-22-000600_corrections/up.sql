-- Which correction was taken when an agency asked for one: each time one, also of two that arrive at the same instant.

CREATE TABLE corrections (
    -- The row of status_history by which the agency asked.
    request_id BIGINT PRIMARY KEY NOT NULL REFERENCES status_history (id),
    -- The correction's application_id; the row goes when that filing is refused or withdrawn while it is held.
    application_id TEXT NOT NULL
);
