-- Moves between municipalities: one row at each end.
CREATE TABLE network_moves (
    -- The move (UUIDv7), the same at both ends.
    id TEXT NOT NULL,
    -- out or in.
    direction TEXT NOT NULL,
    -- The municipality whose row this is.
    municipality TEXT NOT NULL,
    -- The one at the other end.
    other TEXT NOT NULL,
    -- The record: of a move out; of a move in once it is completed.
    record_id TEXT,
    -- Arrival number of the filing: the notification of moving out, or that of moving in.
    filing TEXT,
    -- out: sending, told, refused, withdrawing, withdrawn, completed, clerk; in: expected, withdrawn, refused, lapsed, completed.
    state TEXT NOT NULL,
    -- A stable word: why it was refused, or why a clerk has to look.
    reason TEXT,
    -- The day of the move as it was notified (YYYY-MM-DD).
    intended TEXT NOT NULL,
    -- What was told of the person, sealed; gone once the move has ended.
    body BLOB,
    -- When the row was made (UTC).
    noted_at TIMESTAMP NOT NULL,
    -- When its state changed last (UTC).
    changed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (id, direction)
);
CREATE INDEX network_moves_list ON network_moves (municipality, direction, changed_at);
CREATE INDEX network_moves_filing ON network_moves (filing);
