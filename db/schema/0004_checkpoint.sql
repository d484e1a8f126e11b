-- checkpoint: the state of a lead with a long history after so many of its events, so that a late event need not
-- replay all of them. Written with the state; dropped where the history before it changes.
CREATE TABLE lead_checkpoint (
  lead {int} NOT NULL, events {int} NOT NULL, at {int} NOT NULL, event {int} NOT NULL, model {int} NOT NULL,
  data {bytes} NOT NULL, PRIMARY KEY (lead, events)
) {sqlite:STRICT, WITHOUT ROWID};
