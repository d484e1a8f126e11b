-- How far each source of what we know can be believed, and by which key it came.
-- door: the API key by which an event came; 0 for what members, imports and older versions wrote
ALTER TABLE event ADD COLUMN door {int} NOT NULL DEFAULT 0;
-- standing: how strong the tie to the lead is, as lead.Standing; older ties count as a member's
ALTER TABLE identity ADD COLUMN standing {int} NOT NULL DEFAULT 50;
-- known: where the values of a lead are from, as lead.Known writes it. Nobody knows that of older leads: theirs
-- count as a member's.
-- unproven: 0 somebody vouches for the person; 1 only a public write key says that they exist; 2 and it came in a flood
ALTER TABLE lead ADD COLUMN known TEXT NOT NULL DEFAULT '{"*":[50,0,0]}';
ALTER TABLE lead ADD COLUMN unproven {int} NOT NULL DEFAULT 0;
-- unproven: only a public write key says that the company exists
ALTER TABLE company ADD COLUMN unproven {int} NOT NULL DEFAULT 0;
-- claim: a value that a sender gave and that a stronger source outweighs; it is shown beside the lead's own
CREATE TABLE lead_claim (
  lead {int} NOT NULL, field TEXT NOT NULL, standing {int} NOT NULL, value TEXT NOT NULL, at {int} NOT NULL,
  event {int} NOT NULL DEFAULT 0, PRIMARY KEY (lead, field)
) {sqlite:STRICT, WITHOUT ROWID};
