-- tied: the event by which the identity came to its lead; 0 for what members and imports tie, and for older ties
ALTER TABLE identity ADD COLUMN tied {int} NOT NULL DEFAULT 0;
-- takeback: what came with an API key from one moment until before another, taken out of the log again.
-- place is the event that it has come to, total what the log had of them when it was asked for
CREATE TABLE takeback (
  id {pk}, key {int} NOT NULL, from_at {int} NOT NULL, until_at {int} NOT NULL, state TEXT NOT NULL,
  place {int} NOT NULL DEFAULT 0, total {int} NOT NULL DEFAULT 0, events {int} NOT NULL DEFAULT 0,
  values_lost {int} NOT NULL DEFAULT 0, who {int} NOT NULL, created_at {int} NOT NULL, ended_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX takeback_key ON takeback (key, id);
-- the leads that lost events by it, and what became of each: gone, or why it stays
CREATE TABLE takeback_lead (
  takeback {int} NOT NULL, lead {int} NOT NULL, fate TEXT NOT NULL, PRIMARY KEY (takeback, lead)
) {sqlite:STRICT, WITHOUT ROWID};
CREATE INDEX takeback_lead_fate ON takeback_lead (takeback, fate, lead);
CREATE INDEX import_row_lead ON import_row (lead);
