-- What a run has done, so that another process can go on with it. One writer; WAL; every commit is on the disk.
-- Durations are nanoseconds since the start of the run; moments are UTC.

-- The registry of runs.
CREATE TABLE IF NOT EXISTS run (
    id        TEXT PRIMARY KEY,
    started   TEXT NOT NULL,
    -- Digest of everything that must not change while a run goes on.
    settings  TEXT NOT NULL,
    -- running | interrupted | overrun | disk_full | complete | given_up
    state     TEXT NOT NULL,
    pid       INTEGER NOT NULL,
    -- How far its clock had come with the last commit.
    elapsed   INTEGER NOT NULL DEFAULT 0,
    -- So many records of the evidence, in the order of its chain, are the run's; what follows was never acknowledged.
    records   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Every request that was handed out; one without an acknowledgement is asked again.
CREATE TABLE IF NOT EXISTS lease (
    run       TEXT NOT NULL,
    number    INTEGER NOT NULL,
    request   TEXT NOT NULL,
    attempt   INTEGER NOT NULL,
    grp       TEXT NOT NULL,
    robots_of TEXT,
    since     INTEGER NOT NULL,
    gap       INTEGER NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- What was done, in order: exchanges, renderings, readings of pictures, and how far each city has come.
CREATE TABLE IF NOT EXISTS ack (
    run       TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    -- exchange | rendering | chart | follow_up | coverage | city
    kind      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    city      TEXT NOT NULL,
    lease     INTEGER,
    -- The record in the evidence, and how many records of the chain there are with its set.
    record    TEXT,
    records   INTEGER,
    -- Status or kind of failure; for `city`, where its observations end in the spool.
    outcome   TEXT,
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- The politeness clock of each server group, for whichever run asks it next.
CREATE TABLE IF NOT EXISTS clock (
    grp             TEXT PRIMARY KEY,
    -- How long to wait from the moment at which this was written.
    wait            INTEGER NOT NULL,
    -- That moment by the wall clock, for people and after a restart of the machine, and by the machine's own clock.
    wall            TEXT NOT NULL,
    next_allowed_at TEXT NOT NULL,
    boot            TEXT NOT NULL,
    since_boot      INTEGER NOT NULL,
    gap             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
