-- suppression: SHA-256 in hex of the addresses of erased people who had refused, so that a file does not bring them
-- back as people to contact
CREATE TABLE suppression (hash TEXT PRIMARY KEY, at {int} NOT NULL) {sqlite:STRICT, WITHOUT ROWID};
