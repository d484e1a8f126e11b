-- lead_work: what lists ask of the work on a lead, kept by task; leads that nobody owns and nobody worked on have no row.
-- owner is a copy of the lead's, for the index. touched_at: when we last contacted them; next_at: their earliest open
-- step; answer_by: by when somebody hot is answered; each ms UTC, 0 if there is none
CREATE TABLE lead_work (
  lead {pk}, owner {int} NOT NULL DEFAULT 0,
  touched_at {int} NOT NULL DEFAULT 0, next_at {int} NOT NULL DEFAULT 0, answer_by {int} NOT NULL DEFAULT 0
) {strict};
INSERT INTO lead_work (lead, owner, touched_at, next_at, answer_by) SELECT id, owner, touched_at, next_at, answer_by
  FROM lead WHERE owner <> 0 OR touched_at <> 0 OR next_at <> 0 OR answer_by <> 0;
CREATE INDEX lead_work_owner ON lead_work (owner, touched_at) WHERE owner <> 0;
DROP INDEX lead_owner;
CREATE INDEX lead_owner ON lead (owner, id) WHERE owner <> 0;
ALTER TABLE lead DROP COLUMN touched_at;
ALTER TABLE lead DROP COLUMN next_at;
ALTER TABLE lead DROP COLUMN answer_by;
